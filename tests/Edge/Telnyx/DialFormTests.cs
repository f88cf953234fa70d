using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Calls;

namespace Ringwright.Edge.Telnyx;

/// <summary>Dials as programs send them twice, as people type their numbers, and as encoders break their lines.</summary>
public sealed class DialFormTests(TelnyxHost host) : IClassFixture<TelnyxHost>, IAsyncLifetime
{
    private const string Caller = "\"from\":\"+15550100000\"";
    private string _application = "";

    public async ValueTask InitializeAsync()
    {
        host.Calls.OnDial = request => Dialled.Accepted(RecordingCalls.FactsOf(request));
        _application = await host.ApplicationAsync($"dial-{Guid.NewGuid()}");
    }

    public ValueTask DisposeAsync() => default;

    private Task<Answer> DialAsync(string fields) =>
        host.SendAsync("POST", "/v2/calls", $$"""{"connection_id":"{{_application}}",{{fields}}}""");

    [Fact]
    public async Task A_dial_that_is_asked_for_again_by_its_key_rings_once_and_has_the_first_answer()
    {
        int dials = host.Calls.Dials.Count;
        var first = await KeyedAsync("order 7: call", "+13125550100");
        Assert.True(first.Status == 200, first.Text);
        var again = await KeyedAsync("order 7: call", "+13125550100");
        Assert.Equal((200, first.Text, dials + 1), (again.Status, again.Text, host.Calls.Dials.Count));
        (await KeyedAsync("order 7: call", "+13125550199")).Refuses(422, "10015");
        (await KeyedAsync(new string('k', 256), "+13125550100")).Refuses(422, "10015");
        Assert.Equal(dials + 1, host.Calls.Dials.Count);

        // What was refused has rung nobody, and leaves the key.
        Assert.Equal(422, (await KeyedAsync("order 8", "hello")).Status);
        Assert.Equal((200, dials + 2), ((await KeyedAsync("order 8", "+13125550100")).Status, host.Calls.Dials.Count));
    }

    private async Task<Answer> KeyedAsync(string key, string to)
    {
        var body = new JsonObject { ["connection_id"] = _application, ["from"] = "+15550100000", ["to"] = to };
        using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        Assert.True(content.Headers.TryAddWithoutValidation("Idempotency-Key", key));
        return await host.SendAsync("POST", "/v2/calls", content);
    }

    [Theory]
    [InlineData("+1 (312) 555-0100"), InlineData("+1.312.555.0100"), InlineData("tel:+1-312-555-0100")]
    [InlineData("0013125550100"), InlineData("00 1 312 555-0100")]
    public async Task Numbers_are_read_as_people_type_them(string typed)
    {
        string text = $"\"{typed}\"";
        Assert.Equal(200, (await DialAsync($"\"to\":{text},\"from\":{text}")).Status);
        Assert.Equal(("+13125550100", "+13125550100"), (host.Calls.Dials[^1].To, host.Calls.Dials[^1].From));
        (await DialAsync($"{Caller},\"to\":[\"+13125550100\",{text}]")).Refuses(422, "10015", "/to/1");       // it is there twice
    }

    [Theory]
    [InlineData("aGV5\\naGV5"), InlineData("aGV5\\r\\naGV5\\r\\n")]
    public async Task A_client_state_is_kept_without_the_line_breaks_of_its_encoder(string state)
    {
        var answer = await DialAsync($"{Caller},\"to\":\"+13125550100\",\"client_state\":\"{state}\"");
        Assert.Equal((200, "aGV5aGV5"), (answer.Status, (string?)answer.Data["client_state"]));
    }

    /// <summary>As builders of workflows, and clients whose fields have types, send what is left open.</summary>
    [Fact]
    public async Task Texts_that_nobody_has_filled_in_ask_for_nothing()
    {
        const string empty = "\"webhook_url\":\"\",\"command_id\":\"\",\"audio_url\":\"\",\"media_name\":\"\"";
        var answer = await DialAsync($"{Caller},\"to\":\"+13125550100\",\"stream_url\":\"\",\"link_to\":\"\",{empty}");
        Assert.True(answer.Status == 200, answer.Text);
        var dial = host.Calls.Dials[^1];
        Assert.Null(dial.CommandId);
        Assert.Null(dial.PromptOnAnswer);
        Assert.Null(dial.Labels["telnyx.webhook_url"]);

        var transfer = await CommandAsync<LegCommand.Transfer>("transfer", $"\"to\":\"+13125550100\",\"from\":\"\",{empty}");
        Assert.Null(transfer.CommandId);
        Assert.Null(transfer.From);
        Assert.Null(transfer.PromptOnAnswer);
        var sound = new PromptSource.Url("https://example.com/a.wav");
        Assert.Equal(sound, (await CommandAsync<LegCommand.Play>("playback_start",
            $"\"audio_url\":\"{sound.Address}\",\"media_name\":\"\",\"playback_content\":\"\"")).Source);
        Assert.Equal(new PromptSource.Stored("menu"), (await CommandAsync<LegCommand.Gather>("gather_using_audio",
            "\"audio_url\":\"\",\"media_name\":\"menu\",\"invalid_audio_url\":\"\"")).Prompt);
        Assert.Null((await CommandAsync<LegCommand.Gather>("gather_using_speak",
            "\"payload\":\"Hi\",\"voice\":\"female\",\"invalid_payload\":\"\"")).InvalidPrompt);
    }

    /// <summary>As who pastes them sends them, but for whom they call and what they name.</summary>
    [Fact]
    public async Task The_contracts_own_examples_are_taken()
    {
        const string shared = """
            "answering_machine_detection":"detect","answering_machine_detection_config":{"after_greeting_silence_millis":1000,
            "between_words_silence_millis":1000,"greeting_duration_millis":1000,"greeting_silence_duration_millis":2000,
            "greeting_total_analysis_time_millis":50000,"initial_silence_millis":1000,"maximum_number_of_words":1000,
            "maximum_word_length_millis":2000,"silence_threshold":512,"total_analysis_time_millis":5000},
            "audio_url":"http://www.example.com/sounds/greeting.wav","client_state":"aGF2ZSBhIG5pY2UgZGF5ID1d",
            "custom_headers":[{"name":"head_1","value":"val_1"},{"name":"head_2","value":"val_2"}],"from_display_name":"Company Name",
            "media_encryption":"SRTP","sip_auth_password":"password","sip_auth_username":"username",
            "sip_headers":[{"name":"User-to-User","value":"12345"}],"sip_transport_protocol":"TLS","stream_track":"both_tracks",
            "stream_url":"wss://www.example.com/websocket","timeout_limit_secs":60,"timeout_secs":60,"to":"+13125550100",
            "webhook_url":"https://www.example.com/server-b/","webhook_url_method":"POST"
            """;
        const string dialogflow =
            "\"dialogflow_config\":{\"analyze_sentiment\":false,\"partial_automated_agent_reply\":false},\"enable_dialogflow\":false";
        var answer = await DialAsync($"{Caller},{shared},{dialogflow},\"send_silence_when_idle\":true");
        Assert.True(answer.Status == 200, answer.Text);
        Assert.Equal(1_000, host.Calls.Dials[^1].MachineDetection!.MaximumWords);
        var transfer = await CommandAsync<LegCommand.Transfer>("transfer", $"{shared},\"early_media\":true");
        Assert.Equal(1_000, transfer.MachineDetection!.MaximumWords);
        await CommandAsync<LegCommand.StartStream>("streaming_start",
            $"{dialogflow},\"stream_track\":\"both_tracks\",\"stream_url\":\"wss://www.example.com/websocket\"");
        (await DialAsync($"{Caller},\"to\":\"+13125550100\",\"dialogflow_config\":{{\"analyze_sentiment\":true}}"))
            .Refuses(422, "10015", "/dialogflow_config");
        const string words = "\"answering_machine_detection_config\":{\"maximum_number_of_words\":1001}";
        (await DialAsync($"{Caller},\"to\":\"+13125550100\",\"answering_machine_detection\":\"detect\",{words}"))
            .Refuses(422, "10033", "/answering_machine_detection_config/maximum_number_of_words");
    }

    [Fact]
    public async Task The_contracts_misspelt_event_of_a_call_is_the_one_that_it_means()
    {
        var made = await host.SendAsync("POST", "/v2/texml_applications",
            $$"""{"friendly_name":"event-{{Guid.NewGuid()}}","voice_url":"https://93.184.216.34/v"}""");
        var placed = await host.SendAsync("POST", $"/v2/texml/calls/{made.Data["id"]}", """
            {"To":"+13125550100","From":"+15550100000","StatusCallback":"https://93.184.216.34/s","StatusCallbackEvent":"iniated ringing"}
            """);
        Assert.True(placed.Status == 200, placed.Text);
        Assert.Equal("POST initiated,ringing https://93.184.216.34/s", host.Calls.Dials[^1].Labels["texml.status"]);
    }

    /// <summary>A client of .NET has a UUID for it, and sends noughts where nobody has said one.</summary>
    [Fact]
    public async Task A_command_id_of_noughts_is_none()
    {
        const string noughts = "\"command_id\":\"00000000-0000-0000-0000-000000000000\"";
        var answer = await DialAsync($"{Caller},\"to\":\"+13125550100\",{noughts}");
        Assert.True(answer.Status == 200, answer.Text);
        Assert.Null(host.Calls.Dials[^1].CommandId);
        Assert.Null((await CommandAsync<LegCommand.Transfer>("transfer", $"\"to\":\"+13125550100\",{noughts}")).CommandId);
    }

    private async Task<T> CommandAsync<T>(string action, string fields) where T : LegCommand
    {
        string call = host.Ids.CallControl(host.Tenant, Samples.Leg);
        var answer = await host.SendAsync("POST", $"/v2/calls/{call}/actions/{action}", $$"""{{{fields}}}""");
        Assert.True(answer.Status == 200, answer.Text);
        return Assert.IsType<T>(host.Calls.Last);
    }

    [Fact]
    public async Task A_call_of_the_older_path_of_TeXML_has_its_id_by_the_name_that_clients_read()
    {
        var made = await host.SendAsync("POST", "/v2/texml_applications",
            $$"""{"friendly_name":"form-{{Guid.NewGuid()}}","voice_url":"https://93.184.216.34/v"}""");
        var placed = await host.SendAsync("POST", $"/v2/texml/calls/{made.Data["id"]}",
            """{"To":"+13125550100","From":"+15550100000","Url":"https://93.184.216.34/v"}""");
        Assert.True(placed.Status == 200, placed.Text);
        string call = (string)placed.Data["call_sid"]!;
        Assert.True(host.Ids.TryReadCallControl(call, host.Tenant, out _));
        Assert.Equal(call, (string?)placed.Data["sid"]);
    }
}
