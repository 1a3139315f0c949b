@echo off
rem Netwrix Auditor, alert response action: copies the alert's CSV to Cefline's drop folder on a share.
rem
rem   Run: C:\Cefline\drop-to-share.cmd        With parameters: (nothing)
rem
rem Netwrix puts the path at the end of the command line itself.
rem
rem It is written under a name that ends in .tmp, which Cefline passes over, and renamed when it is
rem whole. Exit code 0 says that it is there; any other has Netwrix run this again, which does no harm:
rem Cefline knows the rows of a file that it had before. The codes are in README.md.
setlocal EnableExtensions DisableDelayedExpansion

rem The share. LocalSystem reaches it as the computer account, DOMAIN\SERVER$.
if not defined CEFLINE_SHARE set "CEFLINE_SHARE=\\cefline.example.com\drop"

rem The path has blanks, and may come in quotes or without: it is all of the arguments.
set "FILE=%*"
if not defined FILE goto nothing
set "FILE=%FILE:"=%"
rem Who wrote {CsvFile} into the dialog all the same may get it as it is, before the path.
if defined FILE set "FILE=%FILE:{CsvFile} =%"
if not defined FILE goto nothing
if not exist "%FILE%" goto missing
if not exist "%CEFLINE_SHARE%\." goto unreachable

rem RANDOM begins alike in all that start within one second.
:name
for %%F in ("%FILE%") do set "NAME=%%~nF-%RANDOM%%RANDOM%"
if exist "%CEFLINE_SHARE%\%NAME%.*" goto name
for %%F in ("%FILE%") do set "SIZE=%%~zF"
set "PART=%CEFLINE_SHARE%\%NAME%.tmp"
copy /b /y "%FILE%" "%PART%" >nul 2>&1
if errorlevel 1 goto notcopied
for %%F in ("%PART%") do set "COPIED=%%~zF"
if not "%COPIED%"=="%SIZE%" goto cut
ren "%PART%" "%NAME%.csv" >nul 2>&1
if errorlevel 1 goto notrenamed
exit /b 0

:nothing
call :say 101 "no path was given: tick Write data to CSV file in the response action"
exit /b 101
:missing
call :say 102 "there is no file %FILE%"
exit /b 102
:unreachable
call :say 103 "%CEFLINE_SHARE% cannot be reached: the computer account needs Change on the share and Modify on the folder"
exit /b 103
:notcopied
del "%PART%" >nul 2>&1
call :say 104 "%PART% cannot be written: is the share full, or read-only for the computer account?"
exit /b 104
:cut
del "%PART%" >nul 2>&1
call :say 105 "%PART% has %COPIED% bytes and not %SIZE%"
exit /b 105
:notrenamed
del "%PART%" >nul 2>&1
call :say 106 "%PART% cannot be renamed: the computer account needs Modify on the folder"
exit /b 106

:say
>&2 echo Cefline: %~2
eventcreate /L APPLICATION /T ERROR /SO Cefline /ID %1 /D "%~2" >nul 2>&1
exit /b 0
