using System.Text.Json.Nodes;

namespace Ringwright.Contract.Conformance;

/// <summary>Calls that documents command, as resources.</summary>
internal static class TexmlRows
{
    private const string Pause = "<Response><Pause length=\\\"60\\\"/></Response>";

    private const string Calling = """
         "CallerId": "Walk", "Url": "$hook", "UrlMethod": "GET", "FallbackUrl": "$hook", "StatusCallback": "$hook",
         "StatusCallbackEvent": "initiated completed", "StatusCallbackMethod": "GET", "MachineDetection": "Enable", "DetectionMode": "Regular",
         "MachineDetectionTimeout": 500, "AsyncAmd": true, "AsyncAmdStatusCallback": "$hook", "AsyncAmdStatusCallbackMethod": "GET",
         "CancelPlaybackOnDetectMessageEnd": true, "CancelPlaybackOnMachineDetection": true, "PreferredCodecs": "PCMU",
         "Record": true, "RecordingChannels": "dual", "RecordingStatusCallback": "$hook", "RecordingStatusCallbackEvent": "completed absent",
         "RecordingStatusCallbackMethod": "GET", "RecordingTimeout": 0, "RecordingTrack": "both", "Trim": "do-not-trim"
        """;

    public static readonly Area Area = new(
    [
        new("InitiateTexmlCall", $$"""
            {"ApplicationSid": "$texml_application", "To": "$answers", "From": "$walker", "Texml": "{{Pause}}", "Timeout": 30, "TimeLimit": 60}
            """)
        {
            Path = ["$account"], IsAlone = true, Full = $$"""{{{Calling}}, "SendRecordingUrl": true, "SipAuthUsername": "me", "SipAuthPassword": "secret"}""",
        },
        new("GetTexmlCalls") { Path = ["$account"], Query = "PageSize=2", IsAlone = true },
        new("GetTexmlCall") { Path = ["$account", "$texml_call"], IsAlone = true },
        new("UpdateTexmlCall", """{"Status": "completed"}""")
        {
            Path = ["$account", "$texml_call"], IsAlone = true, Full = Replacing
        },
        new("DeprecatedInitiateTexmlCall", """{"To": "$answers", "From": "$walker", "Url": "$hook"}""")
        {
            Path = ["$texml_application"], IsAlone = true, Full = $$"""{{{Calling}}, "SipAuthUsername": "me", "SipAuthPassword": "secret"}""",
        },
        new("DeprecatedUpdateTexmlCall", """{"Status": "completed"}""") { Path = ["$texml_call"], IsAlone = true, Full = Replacing },

        new("FetchTeXMLCallRecordings") { Path = ["$account", "$recorded_call"], IsAlone = true },
        new("StartTeXMLCallRecording")
        {
            Path = ["$account", "$call"], IsAlone = true, Id = "sid",
            Full = """
                {"PlayBeep": true, "RecordingChannels": "single", "RecordingStatusCallback": "$hook", "RecordingStatusCallbackMethod": "GET",
                 "RecordingStatusCallbackEvent": "in-progress completed absent", "RecordingTrack": "inbound", "SendRecordingUrl": true}
                """,
        },
        new("UpdateTeXMLCallRecording", """{"Status": "paused"}""")
        {
            Path = ["$account", "$StartTeXMLCallRecording.path1", "$StartTeXMLCallRecording"], IsAlone = true
        },
        new("GetTeXMLCallRecordings") { Path = ["$account"], Query = "PageSize=2", IsAlone = true },
        new("GetTeXMLCallRecording") { Path = ["$account", "$recording"], IsAlone = true },
        new("DeleteTeXMLCallRecording") { Path = ["$account", "$recording"], IsAlone = true },
        new("GetTexmlConferenceRecordings") { Path = ["$account", "$recorded_conference"], IsAlone = true },
        new("FetchTeXMLConferenceRecordings") { Path = ["$account", "$recorded_conference"], IsAlone = true },
        new("GetTeXMLRecordingTranscriptions") { Path = ["$account"], Query = "PageSize=2", IsAlone = true },
        new("GetTeXMLRecordingTranscription") { Path = ["$account", "$recording_transcription"], IsAlone = true },
        new("DeleteTeXMLRecordingTranscription") { Path = ["$account", "$recording_transcription"], IsAlone = true },

        new("GetTexmlConferences") { Path = ["$account"], Query = "PageSize=2", IsAlone = true },
        new("GetTexmlConference") { Path = ["$account", "$conference"], IsAlone = true },
        new("UpdateTexmlConference", """{"Status": "completed"}""")
        {
            Path = ["$account", "$conference"], IsAlone = true, Full = """{"Status": null, "AnnounceUrl": "$wav", "AnnounceMethod": "GET"}""",
        },
        new("GetTexmlConferenceParticipants") { Path = ["$account", "$conference"], IsAlone = true },
        new("DialTexmlConferenceParticipant", """{"To": "$answers", "From": "$walker"}""")
        {
            Path = ["$account", "$conference"], IsAlone = true,
            Full = """
                {"AmdStatusCallback": "$hook", "AmdStatusCallbackMethod": "GET", "Beep": "onExit", "CallerId": "Walk", "Coaching": true,
                 "CallSidToCoach": "$call_of_conference", "CancelPlaybackOnDetectMessageEnd": true, "CancelPlaybackOnMachineDetection": true,
                 "ConferenceRecord": "record-from-start", "ConferenceRecordingStatusCallback": "$hook",
                 "ConferenceRecordingStatusCallbackEvent": "in-progress completed failed absent",
                 "ConferenceRecordingStatusCallbackMethod": "GET",
                 "ConferenceRecordingTimeout": 0, "ConferenceStatusCallback": "$hook", "ConferenceStatusCallbackEvent": "start end join leave",
                 "ConferenceStatusCallbackMethod": "GET", "ConferenceTrim": "do-not-trim", "EarlyMedia": true, "EndConferenceOnExit": true,
                 "MachineDetection": "Enable", "MachineDetectionTimeout": 500, "MaxParticipants": 30, "Muted": true,
                 "PreferredCodecs": "PCMU", "Record": true, "RecordingChannels": "dual", "RecordingStatusCallback": "$hook",
                 "RecordingStatusCallbackEvent": "completed absent", "RecordingStatusCallbackMethod": "GET", "RecordingTrack": "both",
                 "SipAuthUsername": "me", "SipAuthPassword": "secret", "StartConferenceOnEnter": true, "StatusCallback": "$hook",
                 "StatusCallbackEvent": "answered completed", "StatusCallbackMethod": "GET", "TimeLimit": 60, "Timeout": 30,
                 "Trim": "do-not-trim", "WaitUrl": "$wav"}
                """,
        },
        new("GetTexmlConferenceParticipant") { Path = ["$account", "$conference", "$call_of_conference"], IsAlone = true },
        new("UpdateTexmlConferenceParticipant", """{"Muted": true}""")
        {
            Path = ["$account", "$conference", "$call_of_conference"], IsAlone = true,
            Full = """
                {"AnnounceUrl": "$wav", "AnnounceMethod": "GET", "BeepOnExit": false, "Coaching": false, "CallSidToCoach": "$call_of_conference",
                 "EndConferenceOnExit": false, "Hold": true, "HoldUrl": "$wav", "HoldMethod": "GET", "WaitUrl": "$wav"}
                """,
        },
        new("DeleteTexmlConferenceParticipant") { Path = ["$account", "$conference", "$call_of_conference"], IsAlone = true },

        new("CreateTexmlSecret", """{"name": "$unique", "value": "hidden"}""") { IsAlone = true, Id = "name", Unlike = ["value"] },

        new("StartTeXMLCallStreaming", """{"Url": "$socket"}""")
        {
            Path = ["$account", "$call"], IsAlone = true, Id = "sid",
            Full = """
                {"BidirectionalCodec": "G722", "BidirectionalMode": "rtp", "Name": "walk", "StatusCallback": "$hook", "StatusCallbackMethod": "GET",
                 "Track": "both_tracks"}
                """,
        },
        new("UpdateTeXMLCallStreaming", """{"Status": "stopped"}""")
        {
            Path = ["$account", "$StartTeXMLCallStreaming.path1", "$StartTeXMLCallStreaming"], IsAlone = true
        },
        new("StartTeXMLSiprecSession", """{"ConnectorName": "$createSiprecConnector"}""")
        {
            Path = ["$account", "$call"], IsAlone = true, Id = "sid",
            Full = """
                {"IncludeMetadataCustomHeaders": true, "Name": "walk", "Secure": false, "SessionTimeoutSecs": 900, "SipTransport": "tcp",
                 "StatusCallback": "$hook", "StatusCallbackMethod": "GET", "Track": "inbound_track"}
                """,
        },
        new("UpdateTeXMLSiprecSession", """{"Status": "stopped"}""")
        {
            Path = ["$account", "$StartTeXMLSiprecSession.path1", "$StartTeXMLSiprecSession"], IsAlone = true
        },
    ])
    {
        Words = new Dictionary<string, Func<Words, Task<string>>>
        {
            ["account"] = words => words.Node.KeepAsync("account", async () =>
            {
                var group = await words.Node.Owner.SendAsync("POST", "/v2/billing_groups", Ask.Json(new JsonObject { ["name"] = "walk" }));
                return (string)group.Data!["organization_id"]!;
            }),
            ["texml_application"] = words => words.Node.KeepAsync("texml_application", async () =>
                await words.MakeAsync("CreateTexmlApplication",
                    $$$"""{"outbound": {"outbound_voice_profile_id": "{{{await words.FillAsync("$profile")}}}"}}""")),
            ["texml_call"] = async words =>
            {
                var made = await words.Node.Owner.SendAsync("POST", $"/v2/texml/Accounts/{await words.FillAsync("$account")}/Calls",
                    Ask.Json(new JsonObject
                    {
                        ["ApplicationSid"] = await words.FillAsync("$texml_application"), ["To"] = await words.FillAsync("$answers"),
                        ["From"] = await words.FillAsync("$walker"), ["Texml"] = "<Response><Pause length=\"60\"/></Response>",
                    }));
                string call = (string)made.Data!["sid"]!;
                await words.Node.HoldAsync(call);
                return call;
            },
        }
    };

    private const string Replacing =
        $$"""{"Status": null, "Texml": "{{Pause}}", "Url": "$hook", "Method": "GET", "FallbackUrl": "$hook", "FallbackMethod": "GET", "StatusCallback": "$hook", "StatusCallbackMethod": "GET"}""";
}
