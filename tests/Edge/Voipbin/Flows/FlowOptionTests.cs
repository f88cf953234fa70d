using System.Text.Json.Nodes;
using Ringwright.Voipbin.Activeflows;
using Ringwright.Voipbin.Activeflows.Actions;

namespace Ringwright.Edge.Voipbin.Flows;

/// <summary>What may stand in the options of an action, as it is saved.</summary>
public sealed class FlowOptionTests
{
    /// <summary>Up to its attachments.</summary>
    private const string Mail =
        """{"type":"email_send","option":{"content":"x","destinations":[{"type":"email","target":"a@b.example"}],"attachments":""";

    private static string? Fault(string action) =>
        Ringwright.Voipbin.Flows.Check(new JsonArray(JsonNode.Parse(action)), "actions", isNamed: true)?.Detail;

    [Theory]
    [InlineData("""{"type":"talk"}""", "talk needs text")]
    [InlineData("""{"type":"talk","option":{"text":5}}""", "text is a text")]
    [InlineData("""{"type":"talk","option":{"text":"x","sings":true}}""", "no option 'sings'")]
    [InlineData("""{"type":"talk","option":{"text":"x","provider":"acme"}}""", "provider is one of gcp, aws")]
    [InlineData("""{"type":"talk","option":{"text":"x","gender":"tenor"}}""", "gender is one of female, male, neutral")]
    [InlineData("""{"type":"play"}""", "play needs stream_urls")]
    [InlineData("""{"type":"play","option":{"stream_url":[]}}""", "play needs stream_urls")]
    [InlineData("""{"type":"play","option":{"stream_url":["ftp://example.com/x.wav"]}}""", "stream_url is an http or https URL")]
    [InlineData("""{"type":"talk","option":[]}""", "option of 'talk' is an object")]
    [InlineData("""{"type":"talk","text":"x"}""", "'text' of 'talk' stands beside 'option'")]
    [InlineData("""{"type":"hangup","reason":"busy","option":{}}""", "'reason' of 'hangup' stands beside 'option'")]
    [InlineData("""{"type":"sleep","options":{"duration":5}}""", "'sleep' has its options in 'option', and not in 'options'")]
    [InlineData("""{"type":"call","option":{"destinations":[{"type":"tel","target":"+15550100000"}],"actions":[{"type":"sleep","duration":5}]}}""",
        "'duration' of 'sleep' stands beside 'option'")]
    [InlineData("""{"type":"talk","id":"x","option":{"text":"x"}}""", "id of 'talk' is a UUID")]
    [InlineData("""{"type":"amd","option":{"machine_handle":"sing"}}""", "machine_handle is one of")]
    [InlineData("""{"type":"amd","option":{"async":"perhaps"}}""", "async is true or false")]
    [InlineData("""{"type":"sleep","option":{"duration":-1}}""", "duration is a whole number from 0 to")]
    [InlineData("""{"type":"sleep","option":{"duration":1e99}}""", "duration is a whole number")]
    [InlineData("""{"type":"sleep","option":{"duration":1.5}}""", "duration is a whole number")]
    [InlineData("""{"type":"digits_receive","option":{}}""", "one of duration, length and key")]
    [InlineData("""{"type":"goto","option":{"loop_count":1}}""", "goto needs target_id")]
    [InlineData("""{"type":"goto","option":{"target_id":"there"}}""", "target_id is a UUID")]
    [InlineData("""{"type":"branch","option":{"target_ids":{"1":"there"}}}""", "target_ids is an object")]
    [InlineData("""{"type":"condition_variable","option":{"condition":"<>"}}""", "condition is one of")]
    [InlineData("""{"type":"condition_variable","option":{"condition":"==","value_number":"ten"}}""", "value_number is a number")]
    [InlineData("""{"type":"condition_datetime","option":{"condition":"==","hour":24}}""", "hour is a whole number from -1 to 23")]
    [InlineData("""{"type":"condition_datetime","option":{"condition":"==","weekdays":[7]}}""", "weekdays are from 0")]
    [InlineData("""{"type":"condition_datetime","option":{"condition":"==","timezone":"Mars/Olympus"}}""", "no time zone")]
    [InlineData("""{"type":"variable_set","option":{"key":"voipbin.call.id","value":"x"}}""", "begins with voipbin.")]
    [InlineData("""{"type":"connect","option":{"destinations":[]}}""", "connect needs destinations")]
    [InlineData("""{"type":"connect","option":{"destinations":[{"type":"tel","target":"123"}]}}""", "destinations is no address")]
    [InlineData("""{"type":"connect","option":{"destinations":[{"type":5,"target":"123"}]}}""", "destinations is an address")]
    [InlineData("""{"type":"connect","option":{"destinations":["+15550100000"]}}""", "destinations is an address")]
    [InlineData("""{"type":"hangup","option":{"reason":"bored"}}""", "reason is one of")]
    [InlineData("""{"type":"recording_start","option":{"format":"flac"}}""", "format is one of")]
    [InlineData("""{"type":"webhook_send","option":{"uri":"ftp://example.com"}}""", "uri is an http or https URL")]
    [InlineData("""{"type":"webhook_send","option":{"uri":"http://example.com","data_type":"a\r\nb"}}""", "data_type is a content type")]
    [InlineData("""{"type":"call","option":{"destinations":[{"type":"tel","target":"+15550100000"}]}}""", "call needs flow_id or actions")]
    [InlineData("""{"type":"digits_send","option":{"digits":"12x"}}""", "digits has keys of")]
    [InlineData("""{"type":"digits_send","option":{"digits":"12","duration":50}}""", "duration is from 100")]
    [InlineData("""{"type":"external_media_start","option":{"external_host":"example.com:4000"}}""", "IP address with a port")]
    [InlineData("""{"type":"external_media_start","option":{"external_host":"192.0.2.1:4000","encapsulation":"audiosocket"}}""", "encapsulation is one of rtp")]
    [InlineData("""{"type":"external_media_start","option":{"external_host":"192.0.2.1:4000","direction_speak":"in"}}""", "direction_speak has more than 0")]
    [InlineData("""{"type":"external_media_start","option":{"external_host":"192.0.2.1:4000","direction":"both"}}""", "direction is one of send")]
    [InlineData("""{"type":"message_send"}""", "message_send needs destinations")]
    [InlineData("""{"type":"ai_talk"}""", "ai_talk needs assistance_id")]
    [InlineData("""{"type":"ai_talk","option":{"assistance_type":"team"}}""", "assistance_type is one of ai")]
    [InlineData("""{"type":"ai_summary","option":{"reference_type":"call"}}""", "ai_summary needs reference_id")]
    [InlineData("""{"type":"email_send","option":{"content":"x","destinations":[{"type":"tel","target":"+15550100000"}]}}""", "no mail address")]
    [InlineData("""{"type":"email_send","option":{"content":"x","destinations":[{"type":"email","target":"a@b.example\r\nTo: c"}]}}""", "no mail address")]
    [InlineData(Mail + """["x"]}}""",
        "attachments has an entry other than")]
    [InlineData(Mail + """[{"reference_type":"file","reference_id":"x"}]}}""",
        "attachments has a reference_type other than recording")]
    [InlineData(Mail + """[{"reference_type":"recording","reference_id":"x"}]}}""",
        "attachments has a recording whose reference_id is no UUID")]
    [InlineData("""{"type":"block"}""", "operations of this API that continue a flow")]
    public void What_is_wrong_is_said(string action, string said) => Assert.Contains(said, Fault(action), StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"type":"talk","option":{"text":"${greeting}","language":"${language}"}}""")]
    [InlineData("""{"type":"talk","option":{"text":"Hello.","gender":"female","language":"en-US"}}""")]
    [InlineData("""{"type":"play","option":{"stream_url":["https://example.com/welcome.wav"]}}""")]
    [InlineData("""{"type":"play","option":{"stream_urls":["${sound}"]}}""")]
    [InlineData("""{"type":"sleep","option":{"duration":"${how_long}"}}""")]
    [InlineData("""{"type":"sleep","option":{"duration":"500"}}""")]
    [InlineData("""{"type":"sleep","option":{"duration":500.0}}""")]
    [InlineData("""{"type":"connect","option":{"destinations":[{"type":"tel","target":"${number}"}]}}""")]
    [InlineData("""{"type":"goto","option":{"target_id":"${where}","loop_count":1}}""")]
    [InlineData("""{"type":"condition_variable","option":{"condition":"==","variable":"n","value_type":"number","value_number":10}}""")]
    [InlineData("""{"type":"condition_variable","option":{"condition":"==","variable":"n","value_number":"${many}"}}""")]
    [InlineData("""{"type":"condition_variable","option":{"condition":"==","variable":"n","value_string":"x","value_number":""}}""")]
    [InlineData("""{"type":"external_media_start","option":{"external_host":"192.0.2.1:4000","direction":"send","data":""}}""")]
    [InlineData(Mail + """[]}}""")]
    [InlineData(Mail + """[{"reference_type":"","reference_id":""}]}}""")]
    [InlineData(Mail + """[{"reference_type":"recording","reference_id":"${voipbin.recording.id}"}]}}""")]
    [InlineData("""{"type":"hangup"}""")]
    [InlineData("""{"type":"hangup","option":{"reason":"no_answer"}}""")]
    [InlineData("""
        {"type":"condition_datetime","option":{"condition":">=","minute":-1,"hour":8,"day":0,"month":0,"weekdays":[],"timezone":"Europe/Berlin"}}
        """)]
    public void What_may_become_right_is_taken(string action) => Assert.Null(Fault(action));

    [Theory, InlineData("500", 500), InlineData("500.0", 500), InlineData("5e2", 500), InlineData("\"500\"", 500), InlineData("-1.0", -1)]
    [InlineData("500.5", 7), InlineData("1e10", 7), InlineData("\"500.0\"", 7)]
    public void A_whole_number_is_one_however_it_is_written(string written, int read) =>
        Assert.Equal(read, new FlowOptions((JsonObject)JsonNode.Parse($$"""{"duration":{{written}} }""")!).Whole("duration", 7));

    [Fact]
    public void Each_action_of_the_contract_is_carried_out_or_says_what_it_lacks()
    {
        foreach (var (type, row) in Ringwright.Voipbin.VoipbinContract.ReadActions())
            Assert.True(row.Lacks != "-" == FlowActions.Find(type)!.Action is null || type is "queue_join", type);
        Assert.All(FlowActions.All, action => Assert.Contains(action.Type, Ringwright.Voipbin.VoipbinContract.ReadActions().Keys));
    }

    // 2026-11-25 is a Wednesday.
    [Theory]
    [InlineData("""{"condition":"==","weekdays":[3]}""", true)]
    [InlineData("""{"condition":"==","weekdays":[0,6]}""", false)]
    [InlineData("""{"condition":">=","hour":8}""", true)]
    [InlineData("""{"condition":"<","hour":12}""", true)]
    [InlineData("""{"condition":">=","hour":12}""", false)]
    [InlineData("""{"condition":">=","hour":18,"timezone":"Asia/Tokyo"}""", true)]
    [InlineData("""{"condition":"==","minute":30,"hour":11,"day":25,"month":11}""", true)]
    [InlineData("""{"condition":"==","minute":30,"hour":11,"day":24,"month":11}""", false)]
    [InlineData("""{"condition":"==","minute":-1,"hour":-1,"day":0,"month":0}""", true)]
    public void The_time_is_compared_part_by_part(string option, bool holds) =>
        Assert.Equal(holds, ConditionDatetimeAction.Holds(new((JsonObject)JsonNode.Parse(option)!),
            new(2026, 11, 25, 11, 30, 0, TimeSpan.Zero)));
}
