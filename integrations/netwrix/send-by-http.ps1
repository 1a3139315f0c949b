# Sends an alert's CSV to Cefline where Windows has no curl.exe (Server 2016), on Windows PowerShell 5.1.
# send-by-http.cmd calls it. Exit codes are curl's: 0 durable, 7 no connection, 22 refused, 26 unreadable,
# 28 too late, 60 not to be trusted, 1 anything else.
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)][string] $Url,
    [Parameter(Mandatory = $true)][string] $HeaderFile,
    [Parameter(Mandatory = $true)][string] $CsvFile,
    [string] $CaFile = ''
)
Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

# A script block as the callback has no runspace on the thread that calls it; compiled code needs none.
$trust = @'
using System;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

public static class CeflineTrust
{
    private static byte[] authority;

    public static void Only(string path)
    {
        authority = new X509Certificate2(path).RawData;
        ServicePointManager.ServerCertificateValidationCallback = Check;
    }

    private static bool Check(object sender, X509Certificate shown, X509Chain ignored, SslPolicyErrors errors)
    {
        if (shown == null || (errors & SslPolicyErrors.RemoteCertificateNameMismatch) != 0) return false;
        using (X509Chain chain = new X509Chain())
        {
            chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            chain.ChainPolicy.VerificationFlags = X509VerificationFlags.AllowUnknownCertificateAuthority;
            chain.ChainPolicy.ExtraStore.Add(new X509Certificate2(authority));
            if (ignored != null)
            {
                foreach (X509ChainElement sent in ignored.ChainElements)
                {
                    chain.ChainPolicy.ExtraStore.Add(sent.Certificate);
                }
            }
            if (!chain.Build(new X509Certificate2(shown))) return false;
            byte[] root = chain.ChainElements[chain.ChainElements.Count - 1].Certificate.RawData;
            return Convert.ToBase64String(root) == Convert.ToBase64String(authority);
        }
    }
}
'@

function Write-Reason([string] $Text) {
    [Console]::Error.WriteLine('Cefline: ' + $Text)
}

try {
    $bytes = [System.IO.File]::ReadAllBytes($CsvFile)
    $line = [System.IO.File]::ReadAllText($HeaderFile).Trim()
}
catch {
    Write-Reason ($_.Exception.GetBaseException().Message)
    exit 26
}
if ($line -notmatch '^Authorization:\s*(\S.*)$') {
    Write-Reason ($HeaderFile + ' does not hold the line Authorization: Bearer TOKEN')
    exit 26
}
$authorization = $Matches[1]

try {
    # Windows PowerShell offers no more than TLS 1.0 of itself on Server 2016.
    [System.Net.ServicePointManager]::SecurityProtocol = [System.Net.SecurityProtocolType]::Tls12
    if ($CaFile -ne '' -and (Test-Path -LiteralPath $CaFile -PathType Leaf)) {
        Add-Type -TypeDefinition $trust
        [CeflineTrust]::Only($CaFile)
    }
    $request = [System.Net.HttpWebRequest][System.Net.WebRequest]::Create($Url)
    $request.Method = 'POST'
    $request.ContentType = 'text/csv'
    $request.ContentLength = $bytes.Length
    $request.Proxy = $null
    $request.AllowAutoRedirect = $false
    $request.Timeout = 120000
    $request.ReadWriteTimeout = 120000
    $request.Headers.Add('Authorization', $authorization)
    $body = $request.GetRequestStream()
    $body.Write($bytes, 0, $bytes.Length)
    $body.Close()
    $response = $request.GetResponse()
    $status = [int] $response.StatusCode
    $response.Close()
    if ($status -eq 200) { exit 0 }
    Write-Reason ('it was answered ' + $status + ' and not 200')
    exit 22
}
catch {
    $cause = $_.Exception
    while ($null -ne $cause -and $cause -isnot [System.Net.WebException]) { $cause = $cause.InnerException }
    if ($null -eq $cause) {
        Write-Reason ($_.Exception.GetBaseException().Message)
        exit 1
    }
    if ($null -ne $cause.Response) {
        $reader = New-Object System.IO.StreamReader($cause.Response.GetResponseStream())
        Write-Reason ('it was answered ' + [int] $cause.Response.StatusCode + ': ' + $reader.ReadToEnd())
        exit 22
    }
    Write-Reason ($cause.GetBaseException().Message)
    switch ($cause.Status.ToString()) {
        'TrustFailure' { exit 60 }
        'SecureChannelFailure' { exit 60 }
        'Timeout' { exit 28 }
        'ConnectFailure' { exit 7 }
        'NameResolutionFailure' { exit 7 }
        default { exit 1 }
    }
}
