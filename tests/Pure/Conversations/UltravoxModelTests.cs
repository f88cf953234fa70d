using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Conversations;
using Ringwright.Conversations.Models;
using Ringwright.Conversations.Spoken;

namespace Ringwright.Pure.Conversations;

/// <summary>Ultravox, message by message, and the request that makes its calls.</summary>
public sealed class UltravoxModelTests
{
    private readonly UltravoxModel _model = new();

    [Fact]
    public void Audio_is_binary_both_ways_and_words_come_by_transcripts()
    {
        Take("""{"type":"call_started","callId":"c"}""");
        Assert.IsType<SpokenOutput.Ready>(Next());
        _model.Hear([1, -2]);
        var sent = Assert.IsType<SpokenOutput.Send>(Next());
        Assert.Equal((true, "0100FEFF"), (sent.IsBinary, Convert.ToHexString(sent.Message.Span)));

        _model.Take(new byte[] { 1, 0, 2 }, isBinary: true);
        _model.Take(new byte[] { 0 }, isBinary: true);
        Assert.Equal([1], Assert.IsType<SpokenOutput.Sound>(Next()).Samples);
        Assert.Equal([2], Assert.IsType<SpokenOutput.Sound>(Next()).Samples);
        Take("""{"type":"transcript","role":"agent","delta":"Good ","final":false,"ordinal":0}""");
        Take("""{"type":"transcript","role":"agent","text":"Good day","final":true,"ordinal":0}""");
        Take("""{"type":"transcript","role":"user","delta":"y","final":false,"ordinal":1}""");
        Take("""{"type":"transcript","role":"user","text":"yes","final":true,"ordinal":1}""");
        Take("""{"type":"transcript","role":"agent","delta":"Well","final":false,"ordinal":2}""");
        Assert.Equal(new SpokenOutput.Words("1", "Good "), Next());
        Assert.Equal(new SpokenOutput.Whole("1", "Good day"), Next());
        Assert.Equal(new SpokenOutput.Heard("yes"), Next());
        Assert.Equal(new SpokenOutput.Words("2", "Well"), Next());

        // What comes behind a clear is another turn, and what was cut has its words.
        Take("""{"type":"playback_clear_buffer"}""");
        _model.Take(new byte[] { 3, 0 }, isBinary: true);
        Assert.IsType<SpokenOutput.Clear>(Next());
        Assert.Equal(new SpokenOutput.Whole("2", null), Next());
        Assert.Equal("3", Assert.IsType<SpokenOutput.Sound>(Next()).Turn);
    }

    [Fact]
    public void A_tool_has_one_result_and_the_model_goes_on_by_it_or_not()
    {
        Take("""{"type":"client_tool_invocation","toolName":"price","invocationId":"i","parameters":{"size":2}}""");
        Assert.Equal(new SpokenOutput.Call(new("i", "price", """{"size":2}""")), Next());
        _model.Answer("i", "ten", speaks: true);
        _model.Answer("j", "Done.", speaks: false);
        Assert.Equal(
            [
                ResultOf("i", "ten", "speaks"), ResultOf("j", "Done.", "listens"),
            ], Texts());
        _model.Know([new(MessageRole.System, "a", default), new(MessageRole.User, "b", default)], answersNow: true);
        _model.End();
        Assert.Equal(["""{"type":"user_text_message","text":"a","urgency":"later"}""",
            """{"type":"user_text_message","text":"b","urgency":"immediate"}""", """{"type":"hang_up"}"""], Texts());
    }

    [Fact]
    public void What_is_written_to_it_is_not_what_the_caller_says()
    {
        _model.Raise("Silence.");
        Assert.Equal(["""{"type":"user_text_message","text":"Silence.","urgency":"soon"}"""], Texts());
        Take("""{"type":"transcript","role":"user","medium":"text","text":"Silence.","final":true,"ordinal":3}""");
        Assert.Null(Next());
        Take("""{"type":"transcript","role":"user","medium":"voice","text":"yes","final":true,"ordinal":4}""");
        Assert.Equal(new SpokenOutput.Heard("yes"), Next());
    }

    [Fact]
    public void What_it_says_behind_a_key_that_cut_it_is_another_turn()
    {
        Take("""{"type":"call_started","callId":"c"}""");
        Assert.IsType<SpokenOutput.Ready>(Next());
        Take("""{"type":"transcript","role":"agent","delta":"Good ","final":false,"ordinal":0}""");
        Assert.Equal(new SpokenOutput.Words("1", "Good "), Next());
        _model.Cut("1", 20);
        _model.Take(new byte[] { 1, 0 }, isBinary: true);
        Assert.Equal("1", Assert.IsType<SpokenOutput.Sound>(Next()).Turn);
        _model.Know([new(MessageRole.User, "pressed 7", default)], answersNow: true);
        Assert.Equal(["""{"type":"user_text_message","text":"pressed 7","urgency":"immediate"}"""], Texts());

        Take("""{"type":"state","state":"thinking"}""");
        Assert.Equal(new SpokenOutput.Whole("1", null), Next());
        // Its last word of the turn comes late.
        Take("""{"type":"transcript","role":"agent","text":"Good day","final":true,"ordinal":0}""");
        Assert.Null(Next());
        _model.Take(new byte[] { 2, 0 }, isBinary: true);
        Assert.Equal("2", Assert.IsType<SpokenOutput.Sound>(Next()).Turn);
        Take("""{"type":"transcript","role":"agent","delta":"Seven","final":false,"ordinal":2}""");
        Assert.Equal(new SpokenOutput.Words("2", "Seven"), Next());
    }

    [Theory]
    [InlineData("Good morning.", null, """{"agent":{"text":"Good morning."}}""")]
    [InlineData("", null, """{"user":{}}""")]
    [InlineData("Good morning.", 1.5, """{"user":{"fallback":{"text":"Good morning.","delay":"1.5s"}}}""")]
    public void Who_speaks_first_is_said_in_the_request(string greeting, double? forHello, string first)
    {
        var agent = new ModelAgent
        {
            Instructions = "For {{who}}.", Model = new() { BaseUrl = "https://a.example", Name = "fixie-ai/ultravox", Temperature = 0.5 },
            Terms = new()
            {
                ForHello = forHello is { } seconds ? TimeSpan.FromSeconds(seconds) : null, TimeLimit = TimeSpan.FromMinutes(5),
            },
            Voice = "Ultravox.Mark", Before = [new(MessageRole.User, "I am Bob.", default)],
            Tools =
            [
                new ModelTool.Webhook("https://b.example", new Dictionary<string, string>(), TimeSpan.FromSeconds(5),
                    JsonNode.Parse("""{"type":"object","properties":{"size":{"type":"integer"}},"required":["size"]}""")!.AsObject())
                {
                    Name = "price", Description = "What it costs",
                },
            ],
        };
        var body = JsonNode.Parse(UltravoxCall.Write(agent, new Dictionary<string, string> { ["who"] = "Ada" }, greeting).Span)!;
        Assert.Equal(first, body["firstSpeakerSettings"]!.ToJsonString());
        Assert.Equal(("300s", "Mark", "MESSAGE_ROLE_USER"), ((string?)body["maxDuration"], (string?)body["voice"],
            (string?)body["initialMessages"]![0]!["role"]));
        Assert.Equal("""
            {"modelToolName":"price","description":"What it costs","dynamicParameters":[{"name":"size","location":"PARAMETER_LOCATION_BODY",
            "schema":{"type":"integer"},"required":true}],"timeout":"40s","client":{}}
            """.ReplaceLineEndings(""), body["selectedTools"]![0]!["temporaryTool"]!.ToJsonString());
    }

    /// <summary>As servers of MCP have them: a parameter goes without the rest of its schema.</summary>
    [Fact]
    public void What_a_parameter_of_a_tool_refers_to_goes_with_it()
    {
        var schema = JsonNode.Parse("""
            {"type": "object", "properties": {"query_model": {"$ref": "#/$defs/Query"}}, "required": ["query_model"],
             "$defs": {"Query": {"type": "object", "properties": {"limit": {"type": "integer"}, "next": {"$ref": "#/$defs/Query"}}}}}
            """)!.AsObject();
        var agent = new ModelAgent
        {
            Instructions = "", Model = new() { BaseUrl = "https://a.example", Name = "m" },
            Tools =
            [
                new ModelTool.Webhook("https://b.example", new Dictionary<string, string>(), TimeSpan.FromSeconds(5), schema)
                {
                    Name = "list_schedules", Description = "Lists them",
                },
            ],
        };
        var body = JsonNode.Parse(UltravoxCall.Write(agent, new Dictionary<string, string>(), null).Span)!;
        var parameter = body["selectedTools"]![0]!["temporaryTool"]!["dynamicParameters"]![0]!;
        Assert.Equal("""{"type":"object","properties":{"limit":{"type":"integer"},"next":{"type":"object"}}}""",
            parameter["schema"]!.ToJsonString());
        Assert.True((bool)parameter["required"]!);
        Assert.NotNull(schema["$defs"]);
    }

    [Theory, InlineData(0.4, 200, null, null), InlineData(1.2, 200, """{"turnEndpointDelay":"1.2s"}""", 1_200)]
    [InlineData(0.4, 400, """{"minimumInterruptionDuration":"0.4s"}""", null)]
    [InlineData(0.0, 100, """{"turnEndpointDelay":"0s","minimumInterruptionDuration":"0.1s"}""", 0)]
    public void How_long_it_waits_is_said_where_that_is_not_as_usual(double wait, int pause, string? ultravox, int? realtime)
    {
        var agent = new ModelAgent
        {
            Instructions = "", Model = new() { BaseUrl = "https://a.example", Name = "m" },
            Terms = new()
            {
                Turns = TurnTerms.Usual with { Wait = TimeSpan.FromSeconds(wait) },
                Interruptions = BargeInTerms.Usual with { Pause = TimeSpan.FromMilliseconds(pause) },
            },
        };
        var call = JsonNode.Parse(UltravoxCall.Write(agent, new Dictionary<string, string>(), greeting: "").Span)!;
        Assert.Equal(ultravox, call["vadSettings"]?.ToJsonString());
        var model = new RealtimeModel(agent, new Dictionary<string, string>(), first: null);
        model.Begin();
        Assert.True(model.TryPoll(out var output));
        var session = JsonNode.Parse(Assert.IsType<SpokenOutput.Send>(output).Message.Span)!["session"]!;
        Assert.Equal(realtime, (int?)session["audio"]!["input"]!["turn_detection"]!["silence_duration_ms"]);
    }

    [Theory]
    [InlineData("""{"callId":"c","joinUrl":"wss://a.example/join?x=1"}""", "wss://a.example/join?x=1")]
    [InlineData("""{"joinUrl":"file:///etc/passwd"}""", null)]
    [InlineData("""{"joinUrl":7}""", null)]
    [InlineData("[]", null)]
    [InlineData("", null)]
    public void Where_its_socket_is_it_says_or_not(string answer, string? url) =>
        Assert.Equal(url, UltravoxCall.JoinUrlOf(Encoding.UTF8.GetBytes(answer)));

    private static string ResultOf(string id, string result, string reaction) =>
        $$"""{"type":"client_tool_result","invocationId":"{{id}}","result":"{{result}}","responseType":"tool-response","""
        + $$"""  "agentReaction":"{{reaction}}"}""".TrimStart();

    private void Take(string message) => _model.Take(Encoding.UTF8.GetBytes(message), isBinary: false);

    private SpokenOutput? Next() => _model.TryPoll(out var output) ? output : null;

    private List<string> Texts()
    {
        var all = new List<string>();
        while (Next() is { } output)
            if (output is SpokenOutput.Send send) all.Add(Encoding.UTF8.GetString(send.Message.Span));
        return all;
    }
}
