using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Edge.Telnyx;

/// <summary>Media streams over real HTTP: what the engine is asked, and what is refused.</summary>
public sealed class StreamingTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private const string Socket = "wss://media.example.com/in?x=1";

    private string Token => host.Ids.CallControl(host.Tenant, Samples.Leg);

    private async Task<T> AcceptsAsync<T>(string action, string body) where T : LegCommand
    {
        var answer = await host.SendAsync("POST", $"/v2/calls/{Token}/actions/{action}", body);
        Assert.True(answer.Status == 200, answer.Text);
        Assert.Equal("""{"data":{"result":"ok"}}""", answer.Text);
        return Assert.IsType<T>(host.Calls.Last);
    }

    private async Task<StreamTerms> StartsAsync(string more) => (await AcceptsAsync<LegCommand.StartStream>("streaming_start",
        $$"""{"stream_url":"{{Socket}}"{{more}}}""")).Terms;

    [Fact]
    public async Task A_URL_alone_streams_what_the_party_says_in_the_calls_codec_and_takes_files_back()
    {
        var terms = await StartsAsync("");
        Assert.Equal((Socket, TapTracks.Said, null, StreamInjection.Mp3, null), (terms.Url, terms.Tracks, terms.Format, terms.Injection,
            terms.AuthToken));
        Assert.Equal(StreamFormat.Pcmu, terms.InjectionFormat);
        Assert.Empty(terms.CustomParameters);
    }

    [Fact]
    public async Task Every_field_reaches_the_engine()
    {
        var start = await AcceptsAsync<LegCommand.StartStream>("streaming_start", $$"""
            {"stream_url":"{{Socket}}","stream_track":"both_tracks","stream_codec":"PCMA","stream_bidirectional_mode":"rtp","stream_bidirectional_codec":"L16",
             "stream_bidirectional_sampling_rate":24000,"stream_bidirectional_target_legs":"opposite","stream_auth_token":"s3cret/+=","enable_dialogflow":false,
             "custom_parameters":[{"name":"b","value":"2"},{"name":"a","value":""}],"client_state":"aGV5","command_id":"s-1"}
            """);
        Assert.Equal(("s-1", "aGV5"), (start.CommandId, start.Labels!["telnyx.client_state"]));
        Assert.Equal(TapTracks.Said | TapTracks.Heard, start.Terms.Tracks);
        Assert.Equal((new StreamFormat("PCMA", 8_000), StreamInjection.Rtp, new StreamFormat("L16", 24_000), "s3cret/+="),
            (start.Terms.Format, start.Terms.Injection, start.Terms.InjectionFormat, start.Terms.AuthToken));
        Assert.Equal([new StreamParameter("b", "2"), new StreamParameter("a", "")], start.Terms.CustomParameters);
    }

    [Theory]
    [InlineData("inbound_track", TapTracks.Said)]
    [InlineData("outbound_track", TapTracks.Heard)]
    [InlineData("both_tracks", TapTracks.Said | TapTracks.Heard)]
    public async Task A_track_is_whose_voice_it_is(string word, TapTracks tracks) =>
        Assert.Equal(tracks, (await StartsAsync($""","stream_track":"{word}" """)).Tracks);

    [Theory]
    [InlineData("opposite", TapTracks.Heard)]
    [InlineData("self", TapTracks.Said)]
    [InlineData("both", TapTracks.Said | TapTracks.Heard)]
    public async Task A_target_leg_is_who_hears_what_comes_back(string word, TapTracks into)
    {
        Assert.Equal(into, (await StartsAsync($""","stream_bidirectional_target_legs":"{word}" """)).InjectsInto);
        Assert.Equal(TapTracks.Heard, (await StartsAsync("")).InjectsInto);
    }

    [Theory]
    [InlineData("default", null, 0)]
    [InlineData("PCMU", "PCMU", 8_000)]
    [InlineData("G722", "G722", 16_000)]
    [InlineData("OPUS", "OPUS", 16_000)]
    [InlineData("L16", "L16", 16_000)]
    public async Task What_goes_out_has_the_usual_rate_of_its_codec(string word, string? codec, int rate) =>
        Assert.Equal(codec is null ? null : new StreamFormat(codec, rate), (await StartsAsync($""","stream_codec":"{word}" """)).Format);

    [Theory]
    [InlineData("PCMU", 8_000, 8_000)]
    [InlineData("PCMA", 8_000, 8_000)]
    [InlineData("G722", 8_000, 16_000)]
    [InlineData("G722", 16_000, 16_000)]
    [InlineData("OPUS", 16_000, 16_000)]
    [InlineData("L16", 16_000, 16_000)]
    [InlineData("L16", 24_000, 24_000)]
    public async Task What_comes_in_has_the_rate_that_is_asked_for(string codec, int asked, int rate) =>
        Assert.Equal(new(codec, rate), (await StartsAsync(
            $""","stream_bidirectional_mode":"rtp","stream_bidirectional_codec":"{codec}","stream_bidirectional_sampling_rate":{asked}"""))
            .InjectionFormat);

    [Fact]
    public async Task L16_that_comes_in_has_8000_when_nobody_says_otherwise() => Assert.Equal(new("L16", 8_000),
        (await StartsAsync(""","stream_bidirectional_mode":"rtp","stream_bidirectional_codec":"L16" """)).InjectionFormat);

    [Theory]
    [InlineData("{}", "10004", "/stream_url")]
    [InlineData("""{"stream_url":""}""", "10003", "/stream_url")]
    [InlineData("""{"stream_url":"https://media.example.com/"}""", "10003", "/stream_url")]
    [InlineData("""{"stream_url":"ws:/media.example.com/"}""", "10003", "/stream_url")]
    [InlineData("""{"stream_url":"ws://"}""", "10003", "/stream_url")]
    [InlineData("""{"stream_url":"media.example.com"}""", "10003", "/stream_url")]
    [InlineData("""{"stream_url":"wss://media.example.com/#here"}""", "10003", "/stream_url")]
    [InlineData("""{"stream_url":"ws://127.0.0.1:9000/in"}""", "10003", "/stream_url")]           // a node on the Internet
    [InlineData("""{"stream_url":"wss://[::1]/in"}""", "10003", "/stream_url")]
    [InlineData("""{"stream_url":"ws://localhost/in"}""", "10003", "/stream_url")]
    [InlineData("""{"stream_url":"ws://169.254.169.254/latest"}""", "10003", "/stream_url")]
    [InlineData("""{"stream_url":"ws://10.0.0.1/"}""", "10003", "/stream_url")]
    [InlineData("""{"stream_url":7}""", "10020", "/stream_url")]
    [InlineData("""{"stream_url":"wss://a.example/","stream_track":"left"}""", "10032", "/stream_track")]
    [InlineData("""{"stream_url":"wss://a.example/","stream_codec":"G729"}""", "10032", "/stream_codec")]
    [InlineData("""{"stream_url":"wss://a.example/","stream_codec":"AMR-WB"}""", "10015", "/stream_codec")]
    [InlineData("""{"stream_url":"wss://a.example/","stream_bidirectional_mode":"wav"}""", "10032", "/stream_bidirectional_mode")]
    [InlineData("""{"stream_url":"wss://a.example/","stream_bidirectional_codec":"AMR-WB"}""", "10015", "/stream_bidirectional_codec")]
    [InlineData("""{"stream_url":"wss://a.example/","stream_bidirectional_target_legs":"all"}""",
        "10032", "/stream_bidirectional_target_legs")]
    [InlineData("""{"stream_url":"wss://a.example/","stream_bidirectional_sampling_rate":44100}""",
        "10032", "/stream_bidirectional_sampling_rate")]
    [InlineData("""{"stream_url":"wss://a.example/","stream_bidirectional_codec":"PCMU","stream_bidirectional_sampling_rate":16000}""",
        "10015", "/stream_bidirectional_sampling_rate")]
    [InlineData(
        """{"stream_url":"wss://a.example/","stream_bidirectional_mode":"rtp","stream_bidirectional_codec":"OPUS","stream_bidirectional_sampling_rate":48000}""",
        "10015", "/stream_bidirectional_codec")]
    [InlineData("""{"stream_url":"wss://a.example/","custom_parameters":[{"value":"1"}]}""", "10004", "/custom_parameters/0/name")]
    [InlineData("""{"stream_url":"wss://a.example/","stream_auth_token":"one\r\nX-Two: 2"}""", "10015", "/stream_auth_token")]
    [InlineData("""{"stream_url":"wss://a.example/","stream_auth_token":"größe"}""", "10015", "/stream_auth_token")]
    [InlineData("""{"stream_url":"wss://a.example/","enable_dialogflow":true}""", "10015", "/enable_dialogflow")]
    [InlineData("""{"stream_url":"wss://a.example/","dialogflow_config":{"analyze_sentiment":true}}""", "10015", "/dialogflow_config")]
    [InlineData("""{"stream_url":"wss://a.example/","client_state":"no base64!"}""", "90017", "/client_state")]
    public async Task Bad_parameters_are_refused(string body, string code, string pointer)
    {
        int before = host.Calls.Commands.Count;
        (await host.SendAsync("POST", $"/v2/calls/{Token}/actions/streaming_start", body)).Refuses(422, code, pointer);
        Assert.Equal(before, host.Calls.Commands.Count);
    }

    [Theory]
    [InlineData("stream_codec", "AMR-WB")]
    [InlineData("stream_bidirectional_codec", "AMR-WB")]
    public async Task What_is_not_built_is_refused_by_its_number(string name, string value)
    {
        var answer = await host.SendAsync("POST", $"/v2/calls/{Token}/actions/streaming_start",
            $$"""{"stream_url":"{{Socket}}","{{name}}":"{{value}}"}""");
        Assert.StartsWith("10041: ", (string?)answer.Error["detail"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Parameters_end_at_their_limits()
    {
        string List(int count, int length) => new JsonArray([.. Enumerable.Range(0, count)
            .Select(i => new JsonObject { ["name"] = $"{i}".PadLeft(length, 'n'), ["value"] = new string('v', length) })]).ToJsonString();
        Assert.Equal(32, (await StartsAsync($""","custom_parameters":{List(32, 1_024)}""")).CustomParameters.Count);
        Assert.Equal(4_096, (await StartsAsync($""","stream_auth_token":"{new string('t', 4_096)}" """)).AuthToken!.Length);
        await RefusesAsync($""","custom_parameters":{List(33, 2)}""", "/custom_parameters");
        await RefusesAsync($""","custom_parameters":{List(1, 1_025)}""", "/custom_parameters/0");
        await RefusesAsync($""","stream_auth_token":"{new string('t', 4_097)}" """, "/stream_auth_token");

        async Task RefusesAsync(string more, string pointer) =>
            (await host.SendAsync("POST", $"/v2/calls/{Token}/actions/streaming_start", $$"""{"stream_url":"{{Socket}}"{{more}}}"""))
            .Refuses(422, "10025", pointer);
    }

    [Theory]
    [InlineData(Refusal.AlreadyStreaming, "90045")]
    [InlineData(Refusal.NoLiveAudio, "90046")]
    [InlineData(Refusal.NotStreaming, "90048")]
    [InlineData(Refusal.NotYetAnswered, "90034")]
    [InlineData(Refusal.AlreadyEnded, "90018")]
    public async Task What_the_engine_refuses_has_the_contracts_code(Refusal refusal, string code)
    {
        host.Calls.Answer = refusal;
        (await host.SendAsync("POST", $"/v2/calls/{Token}/actions/streaming_start", $$"""{"stream_url":"{{Socket}}"}"""))
            .Refuses(422, code, null);
    }

    [Fact]
    public async Task Stop_means_one_stream_or_whichever_runs()
    {
        var id = Guid.NewGuid();
        var stop = await AcceptsAsync<LegCommand.StopStream>("streaming_stop",
            $$"""{"stream_id":"{{id}}","client_state":"aGV5","command_id":"x"}""");
        Assert.Equal((id, "aGV5", "x"), (stop.Stream, stop.Labels!["telnyx.client_state"], stop.CommandId));
        Assert.Null((await AcceptsAsync<LegCommand.StopStream>("streaming_stop", "{}")).Stream);
        (await host.SendAsync("POST", $"/v2/calls/{Token}/actions/streaming_stop", """{"stream_id":"mine"}"""))
            .Refuses(422, "10006", "/stream_id");
    }

    [Fact]
    public async Task Answer_and_transfer_order_streams_too()
    {
        const string wish = $$"""
            "stream_url":"{{Socket}}","stream_track":"both_tracks","stream_codec":"G722","stream_bidirectional_mode":"rtp",
            "stream_bidirectional_codec":"L16","stream_bidirectional_sampling_rate":16000,"stream_auth_token":"t","custom_parameters":[{"name":"a","value":"b"}]
            """;
        var answer = await AcceptsAsync<LegCommand.Answer>("answer", $$"""{ {{wish}} }""");
        var transfer = await AcceptsAsync<LegCommand.Transfer>("transfer", $$"""{"to":"+15550000001", {{wish}} }""");
        foreach (var terms in new[] { answer.Stream!, transfer.Stream! })
            Assert.Equal((Socket, new StreamFormat("G722", 16_000), new StreamFormat("L16", 16_000), "t"),
                (terms.Url, terms.Format, terms.InjectionFormat, terms.AuthToken));
        Assert.Null((await AcceptsAsync<LegCommand.Answer>("answer", """{"stream_track":"inbound_track"}""")).Stream);
        Assert.Null((await AcceptsAsync<LegCommand.Answer>("answer", """{"stream_url":""}""")).Stream);
        (await host.SendAsync("POST", $"/v2/calls/{Token}/actions/answer", """{"stream_url":"ws://127.0.0.1/"}"""))
            .Refuses(422, "10003", "/stream_url");
        (await host.SendAsync("POST", $"/v2/calls/{Token}/actions/answer", """{"stream_auth_token":"t"}"""))
            .Refuses(422, "10004", "/stream_url");
        (await host.SendAsync("POST", $"/v2/calls/{Token}/actions/transfer",
            """{"to":"+15550000001","stream_url":"wss://a.example/","stream_codec":"AMR-WB"}""")).Refuses(422, "10015", "/stream_codec");
    }
}
