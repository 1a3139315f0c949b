@echo off
rem Netwrix Auditor, alert response action: sends the alert's CSV to Cefline (source netwrix-push).
rem
rem   Run: C:\Cefline\send-by-http.cmd        With parameters: (nothing)
rem
rem Netwrix puts the path at the end of the command line itself.
rem
rem Exit code 0 says that every row is in Cefline's spool; any other has Netwrix run this again, which
rem does no harm: Cefline knows the rows of a file that it had before. The codes are in README.md.
setlocal EnableExtensions DisableDelayedExpansion

if not defined CEFLINE_URL set "CEFLINE_URL=https://cefline.example.com:8515/v1/alerts"
rem One line of ASCII, "Authorization: Bearer TOKEN", in a file that SYSTEM alone may read.
if not defined CEFLINE_HEADER set "CEFLINE_HEADER=%ProgramData%\Cefline\authorization.txt"
rem The authority of Cefline's certificate, or that itself, as PEM; without the file Windows decides.
if not defined CEFLINE_CA set "CEFLINE_CA=%ProgramData%\Cefline\certificate.pem"
if not defined CEFLINE_CURL set "CEFLINE_CURL=%SystemRoot%\System32\curl.exe"

rem The path has blanks, and may come in quotes or without: it is all of the arguments.
set "FILE=%*"
if not defined FILE goto nothing
set "FILE=%FILE:"=%"
rem Who wrote {CsvFile} into the dialog all the same may get it as it is, before the path.
if defined FILE set "FILE=%FILE:{CsvFile} =%"
if not defined FILE goto nothing
if not exist "%FILE%" goto missing
if not exist "%CEFLINE_HEADER%" goto notoken
if not exist "%CEFLINE_CURL%" goto powershell

rem Schannel refuses a private authority that has no revocation list; old curl knows only to skip it.
set "TRUST=--ssl-revoke-best-effort"
"%CEFLINE_CURL%" --help all 2>nul | find "ssl-revoke-best-effort" >nul
if errorlevel 1 set "TRUST="
if not exist "%CEFLINE_CA%" goto send
if not defined TRUST set "TRUST=--ssl-no-revoke"
set TRUST=%TRUST% --cacert "%CEFLINE_CA%"

rem curl takes a redirection for a success, unless it is to follow it and may not: that is its code 47.
:send
"%CEFLINE_CURL%" --fail --location --max-redirs 0 --silent --show-error --connect-timeout 15 --max-time 120 %TRUST% --header "@%CEFLINE_HEADER%" --header "Content-Type: text/csv" --data-binary "@%FILE%" --output NUL "%CEFLINE_URL%"
set "CODE=%ERRORLEVEL%"
goto sent

:powershell
if not exist "%~dp0send-by-http.ps1" goto noprogram
"%SystemRoot%\System32\WindowsPowerShell\v1.0\powershell.exe" -NoProfile -NonInteractive -ExecutionPolicy Bypass -File "%~dp0send-by-http.ps1" -Url "%CEFLINE_URL%" -HeaderFile "%CEFLINE_HEADER%" -CaFile "%CEFLINE_CA%" -CsvFile "%FILE%" <nul
set "CODE=%ERRORLEVEL%"

:sent
if "%CODE%"=="0" exit /b 0
call :say %CODE% "%CEFLINE_URL% did not take %FILE% (exit code %CODE%); Cefline's log has the reason of a refusal"
exit /b %CODE%

:nothing
call :say 101 "no path was given: tick Write data to CSV file in the response action"
exit /b 101
:missing
call :say 102 "there is no file %FILE%"
exit /b 102
:notoken
call :say 107 "%CEFLINE_HEADER% is missing: it holds the line Authorization: Bearer TOKEN"
exit /b 107
:noprogram
call :say 108 "there is no curl.exe, and no send-by-http.ps1 beside this file"
exit /b 108

:say
>&2 echo Cefline: %~2
eventcreate /L APPLICATION /T ERROR /SO Cefline /ID %1 /D "%~2" >nul 2>&1
exit /b 0
