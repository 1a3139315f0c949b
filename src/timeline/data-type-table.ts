/**
 * plaso's data types with what `l2tcsv` shows of each: `source` (the key here), `sourcetype`, and the
 * attribute that is the short message, where that is one attribute and nothing else. JSON has the data
 * type alone. As of plaso 20260720 (`short_source`, `source`, `short_message` in data/formatters/*.yaml),
 * whose 287 types are all here.
 *
 * In each text: `data type=sourcetype` or `data type>short attribute=sourcetype`, separated by `;`.
 */
export const dataTypeTable: Record<string, string> = {
  LOG: `
    android:app_usage=Android App Usage; android:event:battery=Android Turbo Battery Events;
    android:event:call=Android Call History; android:logcat>message_body=Android logcat;
    android:messaging:sms>message_body=Android SMS messages;
    apache:access_log:entry=Apache Access Log;
    atlassian:bitbucket:access=Atlassian Bitbucket Access Log;
    atlassian:bitbucket:audit=Atlassian Bitbucket Audit Log;
    atlassian:bitbucket:line=Atlassian Bitbucket Log;
    atlassian:confluence:line=Atlassian Confluence Log; atlassian:jira:line=Atlassian Jira Log;
    av:defender:detection_history=Windows Defender Detection History Log;
    av:mcafee:accessprotectionlog=McAfee Access Protection Log; av:symantec:scanlog=Symantec AV Log;
    av:trendmicro:scan=Trend Micro Office Scan Virus Detection Log;
    av:trendmicro:webrep=Trend Micro Office Scan Virus Detection Log;
    aws:cloudtrail:entry=AWS CloudTrail Log; aws:elb:access=AWS Elastic Load Balancer Access Log;
    azure:activitylog:entry=Azure Activity Log;
    azure:application_gateway_access:entry=Azure Application Gateway Access Log;
    bash:history:entry>command=Bash History; bsm:entry=BSM Log;
    chrome:preferences:content_settings:exceptions=Chrome Preferences;
    chrome:preferences:extension_installation=Chrome Preferences;
    chrome:preferences:extensions_autoupdater>message_body=Chrome Preferences;
    confluence:access=Confluence access log; cups:ipp:event=CUPS IPP Log;
    fish:history:entry>command=Fish History; gcp:log:entry=Google Cloud Log;
    gdrive:snapshot:cloud_entry>path=Google Drive (cloud entry);
    gdrive:snapshot:local_entry>path=Google Drive (local entry);
    google_drive_sync_log:entry>message_body=Google Drive Sync Log;
    googlelog:log>message_body=Google Log; iis:log:line=IIS Log;
    ios:app_privacy:access=iOS application privacy report;
    ios:app_privacy:network=iOS application privacy report;
    ios:lockdownd_log:entry=iOS lockdown daemon log; ios:sysdiag_log:entry=iOS sysdiag log;
    ios:sysdiagnose:logd:line=iOS sysdiagnose log; ipod:device:entry=iPod Connections;
    ivanti:connect_secure:vc0:record=Ivanti Connect Secure VC0 log; jira:access=Jira access log;
    linux:apt_history_log:entry=APT History Log; linux:dpkg_log:entry>message_body=dpkg log file;
    linux:popularity_contest_log:entry>mru=Popularity Contest Log;
    linux:popularity_contest_log:session=Popularity Contest Log; linux:utmp:event=UTMP session;
    mackeeper:cache=MacKeeper Cache; macos:appfirewall_log:entry=MacOS AppFirewall Log;
    macos:application_usage:entry=MacOS Application Usage Log; macos:asl:entry=MacOS ASL Log;
    macos:asl:file=MacOS ASL Log;
    macos:keychain:application>entry_name=MacOS Keychain (application password);
    macos:keychain:internet>entry_name=MacOS Keychain (Internet password);
    macos:knowledgec:application=MacOS KnowledgeC;
    macos:lsquarantine:entry>url=MacOS LS Quarantine Database;
    macos:securityd_log:entry=MacOS Securityd Log;
    macos:unified_logging:event=Apple Unified Logging; macos:utmpx:entry=MacOS UTMPX Log;
    macos:wifi_log:entry=MacOS Wifi Log;
    microsoft365:audit_log:entry=Microsoft (Office) 365 Audit Log;
    postgresql:application_log:entry=PostgreSQL Log;
    powershell:transcript_log:entry=PowerShell Transcript Event; santa:diskmount=Santa disk mount;
    santa:execution=Santa Execution; santa:file_system_event=Santa FSEvent;
    sccm_log:entry>text=SCCM Log; selinux:line=Audit Log;
    skydrive:log:entry>detail=SkyDrive Log File; skype:event:account=Skype Account;
    skype:event:call=Skype Call; skype:event:chat=Skype Chat Message;
    skype:event:sms=Skype Text Message (SMS); skype:event:transferfile=Skype File Transfer;
    snort:fastlog:alert=Snort3/Suricata fast-log alert log;
    sophos:av:log>text=Sophos Anti-Virus log; syslog:cron:task_run>message_body=Cron log;
    syslog:line=Log File; syslog:ssh:failed_connection>message_body=SSH Log;
    syslog:ssh:login>message_body=SSH Log; syslog:ssh:opened_connection>message_body=SSH Log;
    systemd:journal=Systemd journal;
    teamviewer:application_log:entry>message_body=TeamViewer application log;
    teamviewer:connections_incoming:entry=TeamViewer incoming connections log;
    teamviewer:connections_outgoing:entry=TeamViewer outgoing connections log;
    vsftpd:log>text=vsftpd log; wincc:simatic_s7:entry>message_body=SIMATIC S7 log;
    wincc:sys_log:entry=WinCC Sys Log; windows:distributed_link_tracking:creation=System;
    windows:firewall_log:entry=Windows Firewall Log; windows:onedrive:log=OneDrive Log file;
    windows:pca_log:entry=Program Compatibility Assistant (PCA) Log;
    windows:prefetch:execution=WinPrefetch; windows:setupapi:log:line=Setup API Log;
    windows:srum:application_usage>application=System Resource Usage Monitor;
    windows:srum:network_connectivity>application=System Resource Usage Monitor;
    windows:srum:network_usage>application=System Resource Usage Monitor;
    windows:volume:creation=System; xchat:log:line=XChat Log;
    xchat:scrollback:line=XChat Scrollback Log;
    zeitgeist:activity>subject_uri=Zeitgeist Activity Log`,
  REG: `
    windows:file_history:namespace=File History Namespace;
    windows:registry:appcompatcache=AppCompatCache Registry Key;
    windows:registry:bagmru=BagMRU Registry Key;
    windows:registry:bam>path=Background Activity Moderator Registry Key;
    windows:registry:boot_execute=Registry Key; windows:registry:boot_verification=Registry Key;
    windows:registry:ccleaner:configuration=CCleaner Registry key;
    windows:registry:ccleaner:update=CCleaner Registry key;
    windows:registry:diagnosed_applications=Registry Key;
    windows:registry:explorer:programcache=Registry Key; windows:registry:installation=Registry Key;
    windows:registry:key_value=Registry Key; windows:registry:motherboard_info=Registry Key;
    windows:registry:mount_points2=Registry Key; windows:registry:mrulist=MRUList Registry Key;
    windows:registry:mrulistex=MRUListEx Registry Key;
    windows:registry:msie_zone_settings=Registry Key;
    windows:registry:mstsc:connection=RDP Connection Registry Key;
    windows:registry:mstsc:mru=RDP Connection Registry Key;
    windows:registry:network=Network Connection Registry Key;
    windows:registry:network_drive=Network Drive Registry Key;
    windows:registry:office_mru>value_string=Microsoft Office MRU Registry Key;
    windows:registry:office_mru_list=Microsoft Office MRU Registry Key;
    windows:registry:outlook_search_mru=Microsoft Outlook MRU Registry Key;
    windows:registry:run=Run/Run Once Registry Key;
    windows:registry:sam_users=User Account Information Registry Key;
    windows:registry:service=Service/Driver Configuration Registry Key;
    windows:registry:shutdown>value_name=Shutdown Registry Key;
    windows:registry:task_scheduler:task_cache:entry=Task Cache Registry Key;
    windows:registry:timezone=Registry Key; windows:registry:typedurls=Typed URLs Registry Key;
    windows:registry:typedurlstime=Typed URLs Time Registry Key;
    windows:registry:usb=USB Registry Key; windows:registry:usbstor:instance=USBStor Registry Key;
    windows:registry:userassist=UserAssist Registry Key;
    windows:registry:winlogon=Winlogon Registry Key;
    windows:registry:winrar:history=WinRAR History Registry Key`,
  WEBHIST: `
    chrome:autofill:entry=Chrome Autofill; chrome:cache:entry=Chrome Cache;
    chrome:cookie:entry=Chrome Cookies;
    chrome:extension_activity:activity_log=Chrome Extension Activity;
    chrome:history:file_downloaded=Chrome History; chrome:history:page_visited=Chrome History;
    cookie:google:analytics:utma=Google Analytics Cookies;
    cookie:google:analytics:utmb=Google Analytics Cookies;
    cookie:google:analytics:utmt=Google Analytics Cookies;
    cookie:google:analytics:utmz=Google Analytics Cookies;
    edge:resources:load_statistics=Edge Load Statistics; firefox:cache:record=Firefox Cache;
    firefox:cookie:entry=Firefox Cache; firefox:downloads:download=Firefox History;
    firefox:places:bookmark=Firefox History; firefox:places:bookmark_annotation=Firefox History;
    firefox:places:bookmark_folder>title=Firefox History;
    firefox:places:page_visited=Firefox History; macos:knowledgec:safari=MacOS KnowledgeC (Safari);
    msie:webcache:container=MSIE WebCache container record;
    msie:webcache:containers=MSIE WebCache containers record;
    msie:webcache:cookie=MSIE WebCache cookies record;
    msie:webcache:leak_file=MSIE WebCache leak file record;
    msie:webcache:partitions=MSIE WebCache partitions record;
    msiecf:leak=MSIE Cache File leak record; msiecf:redirected=MSIE Cache File redirected record;
    msiecf:url=MSIE Cache File URL record; opera:history:entry=Opera Browser History;
    opera:history:typed_entry=Opera Browser History; safari:cookie:entry=Safari Cookies;
    safari:downloads:entry=Safari Downloads; safari:history:visit=Safari History Plist;
    safari:history:visit_sqlite=Safari History Database`,
  PLIST: `
    ios:carplay:history:entry=Apple iOS Car Play application plist;
    ios:idstatuscache:lookup=Apple iOS identity services status cache plist;
    ios:mobile_backup:entry=Apple iOS Mobile Backup application plist;
    ios:mobile_backup:state=Apple iOS Mobile Backup application plist; ios:sim:info=iOS SIM Info;
    ios:wifi:known_networks:entry=Apple iOS WiFi Known Networks plist file;
    macos:airport:entry=MacOS Airport plist; macos:apple_account:entry=Apple account plist;
    macos:background_items:entry=MacOS background items plist;
    macos:bluetooth:entry=MacOS Bluetooth plist;
    macos:install_history:entry=MacOS install history plist;
    macos:launchd:entry=MacOS launchd plist; macos:login_items:entry=MacOS login items plist;
    macos:login_window:entry=Mac OS login window plist;
    macos:login_window:managed_login_item=Mac OS login window plist;
    macos:software_updata:entry=MacOS software update plist;
    macos:startup_item:entry=MacOS startup item plist;
    macos:time_machine:backup=MacOS TimeMachine plist; macos:user:entry=MacOS User plist;
    plist:key=Plist file; spotlight_searched_terms:entry=Spotlight searched terms plist;
    spotlight_volume_configuration:store=Spotlight volume configuration plist`,
  SQLITE: `
    android:burners=Android burners database; ios:accounts:entry=iOS accounts database;
    ios:health:achievement=iOS Health database; ios:health:all_watch_sleep=iOS Health database;
    ios:health:headphone_audio_levels=iOS Health database;
    ios:health:heart_rate=iOS Health database; ios:health:height=iOS Health database;
    ios:health:resting_heart_rate=iOS Health database;
    ios:health:source_devices=iOS Health database; ios:health:steps=iOS Health database;
    ios:health:weight=iOS Health database; ios:health:workouts=iOS Health database;
    ios:health:wrist_temperature=iOS Health database; ios:notes:note=iOS notes database`,
  HISTORY: `
    dropbox:sync_history:entry=Dropbox sync history; ios:datausage:event=iOS data usage database;
    ios:netusage:process=iOS netusage.sqlite database;
    ios:netusage:route=iOS netusage.sqlite database;
    ios:powerlog:application_usage=iOS powerlog database;
    ios:screentime:event=iOS Screen Time database;
    macos:document_versions:file=MacOS Document Versions; viminfo:history=viminfo`,
  FILE: `
    fs:bodyfile:entry>filename=Bodyfile; fs:ntfs:usn_change=NTFS USN change;
    fs:stat>filename=File stat; fs:stat:ntfs=NTFS file stat;
    macos:fseventsd:record=MacOS File System Events Disk Log Stream;
    windows:shell_item:file_entry=File entry shell item`,
  UAL: `
    windows:user_access_logging:clients=User Access Logging CLIENTS record;
    windows:user_access_logging:dns=User Access Logging DNS record;
    windows:user_access_logging:role_access=User Access Logging ROLE_ACCESS record;
    windows:user_access_logging:system_identity=User Access Logging SYSTEM_IDENTITY record;
    windows:user_access_logging:virtual_machines=User Access Logging VIRTUALMACHINES record`,
  OLECF: `
    olecf:dest_list:entry=OLECF Dest list entry;
    olecf:document_summary_info=OLECF Document Summary Info; olecf:item=OLECF Item;
    olecf:summary_info=OLECF Summary Info`,
  DOCKER: `
    docker:container:configuration=Docker Container;
    docker:container:log:entry=Docker Container Log; docker:layer:configuration=Docker Layer`,
  PE: `
    pe_coff:dll_import>name=PE/COFF DLL import table; pe_coff:file=PE/COFF file;
    pe_coff:resource=PE/COFF DLL resource section`,
  'Tango Android': `
    android:tango:contact=Tango Android Contact;
    android:tango:conversation=Tango Android Conversation;
    android:tango:message=Tango Android Message`,
  'Twitter Android': `
    android:twitter:contact=Twitter Android Contacts; android:twitter:search=Twitter Android Search;
    android:twitter:status=Twitter Android Status`,
  EVT: 'windows:evt:record=WinEVT; windows:evtx:record=WinEVTX',
  JOB: `
    windows:tasks:job=Windows Scheduled Task Job;
    windows:tasks:trigger=Windows Scheduled Task Trigger`,
  TORRENT: `
    p2p:bittorrent:transmission=Transmission Active Torrents;
    p2p:bittorrent:utorrent=uTorrent Active Torrents`,
  'Twitter iOS': 'ios:twitter:contact=Twitter iOS Contacts; ios:twitter:status=Twitter iOS Status',
  'Windows Push Notification Database': `
    windows:push_notification:notification>payload=Windows Push Notification Database;
    windows:push_notification:notification_handler>identifier=Windows Push Notification Database`,
  'Windows Timeline': `
    windows:timeline:generic>package_identifier=Windows Timeline;
    windows:timeline:user_engaged>package_identifier=User Engaged Windows Timeline`,
  AMCACHE: 'windows:registry:amcache=Amcache Registry Entry',
  AMCACHEPROGRAM: 'windows:registry:amcache:programs=Amcache Programs Registry Entry',
  'AirGuard AirTag Tracker': 'android:airtag:event=AirGuard AirTag Tracker event data.',
  'Android Native Downloads': 'android:sqlite:downloads=Android native downloads (downloads.db)',
  'Android Viber': 'android:viber:call=Android Viber Call History',
  'Android app usage': 'android:sqlite:app_usage=Android SQLite App Usage',
  'App Launch': 'android:sqlite:app_launch=Android App launch (Simple Storage)',
  CRI: 'cri:container:log:entry=Container Runtime Interface Container Log',
  'Discord iOS': 'ios:discord:message=Discord iOS Messages',
  EventTranscript: 'windows:diagnosis:eventtranscript=Windows EventTranscript',
  'Files by Google': 'android:files_by_google:record=Files by Google event data.',
  HANGOUTS: 'android:messaging:hangouts>message_body=Google Hangouts Message',
  HIST: 'shell:zsh:history>command=Santa FSEvent',
  'IMO HD Chat message': 'ios:imohdchat:message=IMO HD Chat Message SQLite database',
  'Instagram iOS': 'ios:instagram:message=Instagram iOS threads',
  JAVA_IDX: 'java:download:idx=Java Cache IDX',
  KODI: 'kodi:videos:viewing>filename=Kodi Video Viewed',
  'Kik iOS': 'ios:kik:messaging>message_body=Kik iOS messages',
  LNK: 'windows:lnk:link=Windows Shortcut',
  LOCATE: 'linux:locate_database:entry=Locate Database record (updatedb)',
  Launchd: 'macos:launchd_log:entry=MacOS Launchd',
  META: 'openxml:metadata=Open XML Metadata',
  'Mac Notes': 'macos:notes:entry=MacOS Notes',
  'MacOS TCC': 'macos:tcc_entry=MacOS Transparenty, Control and Consent logs',
  NOTIFICATION: 'macos:notification_center:entry=MacOS Notification Center database',
  NetworkMiner: 'networkminer:fileinfos:file=NetworkMiner fileinfos',
  PLSRecall: 'pls_recall:entry=PL/SQL Developer Recall file',
  RECBIN: 'windows:metadata:deleted_item=Recycle Bin',
  RP: 'windows:restore_point:info>description=Windows Restore Point',
  SPOTLIGHT: 'spotlight:metadata_item>filename=Spotlight store database',
  WebView: 'android:webview:cookie=Android WebView',
  WebViewCache: 'android:webviewcache>url=Android WebViewCache',
  iMessage: 'imessage:event:chat>text=Apple iMessage application',
}
