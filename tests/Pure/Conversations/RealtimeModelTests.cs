using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Conversations;
using Ringwright.Conversations.Models;
using Ringwright.Conversations.Spoken;
using Ringwright.Core;

namespace Ringwright.Pure.Conversations;

/// <summary>OpenAI's realtime protocol, message by message.</summary>
public sealed class RealtimeModelTests
{
    private readonly RealtimeModel _model = new(Agent, new Dictionary<string, string> { ["who"] = "Ada" }, first: null);

    private static ModelAgent Agent => new()
    {
        Instructions = "You work for {{who}}.", Model = new() { BaseUrl = "https://a.example", Name = "gpt-realtime" },
        Tools = [new ModelTool.Hangup { Name = "hangup", Description = "Ends it" }],
        Before = [new(MessageRole.User, "I am Bob.", default)],
    };

    [Fact]
    public void It_begins_with_who_it_is_and_hears_nothing_before_that_is_taken()
    {
        _model.Begin();
        _model.Hear(new short[480]);
        var sent = Sent();
        Assert.Equal(["session.update", "conversation.item.create"], sent.Select(one => (string?)one["type"]));
        Assert.StartsWith("You work for Ada.", (string?)sent[0]["session"]!["instructions"], StringComparison.Ordinal);
        Assert.Equal("alloy", (string?)sent[0]["session"]!["audio"]!["output"]!["voice"]);

        Take("""{"type":"session.updated"}""");
        Assert.IsType<SpokenOutput.Ready>(Next());
        _model.Hear([1, -2]);
        Assert.Equal("AQD+/w==", (string?)Assert.Single(Sent())["audio"]);
    }

    [Theory, InlineData(null, "en", "en-US"), InlineData("de-AT", "de", "de-AT"), InlineData("und", null, null)]
    public void The_callers_language_is_told_unless_the_model_is_to_find_it_out(string? listensIn, string? heard, string? hint)
    {
        var agent = Agent with { ListensIn = listensIn };
        var model = new RealtimeModel(agent, new Dictionary<string, string>(), first: null);
        model.Begin();
        Assert.True(model.TryPoll(out var output));
        var session = JsonNode.Parse(Assert.IsType<SpokenOutput.Send>(output).Message.Span)!["session"]!;
        Assert.Equal(heard, (string?)session["audio"]!["input"]!["transcription"]!["language"]);
        var call = JsonNode.Parse(UltravoxCall.Write(agent, new Dictionary<string, string>(), greeting: "").Span)!;
        Assert.Equal(hint, (string?)call["languageHint"]);
    }

    [Theory, InlineData("response.output_audio.delta", "response.output_audio_transcript.delta")]
    [InlineData("response.audio.delta", "response.audio_transcript.delta")]
    public void Sound_and_words_come_under_the_name_of_their_item_whichever_names_the_server_has(string audio, string words)
    {
        // A sample may be cut in two.
        Take($$"""{"type":"{{audio}}","item_id":"a","delta":"AQAC"}""");
        Take($$"""{"type":"{{audio}}","item_id":"a","delta":"AA=="}""");
        Take($$"""{"type":"{{words}}","item_id":"a","delta":"Hello"}""");
        Take("""{"type":"response.done","response":{"status":"completed","output":[]}}""");
        Assert.Equal([1], Assert.IsType<SpokenOutput.Sound>(Next()).Samples);
        Assert.Equal([2], Assert.IsType<SpokenOutput.Sound>(Next()).Samples);
        Assert.Equal(new SpokenOutput.Words("a", "Hello"), Next());
        Assert.Equal(new SpokenOutput.Whole("a", null), Next());
    }

    [Fact]
    public void A_call_that_is_told_three_times_is_one_and_is_answered_when_the_answer_it_is_part_of_is_over()
    {
        Take("""{"type":"response.created"}""");
        Take("""{"type":"response.output_item.added","item":{"id":"i","type":"function_call","name":"price"}}""");
        Take("""{"type":"response.function_call_arguments.done","item_id":"i","call_id":"c","arguments":"{\"size\":2}"}""");
        Take("""{"type":"response.output_item.done","item":{"type":"function_call","call_id":"c","name":"price","arguments":"{}"}}""");
        Assert.Equal(new SpokenOutput.Call(new("c", "price", """{"size":2}""")), Next());
        Assert.Null(Next());
        _model.Answer("c", "ten", speaks: true);
        Assert.Equal(["conversation.item.create"], Types());
        Take("""
            {"type":"response.done","response":{"status":"completed","output":[{"type":"function_call","call_id":"c","name":"price"}]}}
            """);
        Assert.Equal(["response.create"], Types());
        Assert.True(_model.IsAnswering);

        // Two calls of one answer are answered together.
        Take("""
            {"type":"response.done","response":{"output":[{"type":"function_call","call_id":"d","name":"price"},
              {"type":"function_call","call_id":"e","name":"price"}]}}
            """);
        Assert.Equal(2, Count<SpokenOutput.Call>());
        _model.Answer("d", "ten", speaks: true);
        Assert.Equal(["conversation.item.create"], Types());
        _model.Answer("e", "ten", speaks: false);
        Assert.Equal(["conversation.item.create", "response.create"], Types());
    }

    [Theory, InlineData("response.output_text.delta"), InlineData("response.text.delta")]
    public void An_answer_in_text_alone_is_forgotten_and_said_once(string delta)
    {
        const string done = """{"type":"response.done","response":{"status":"completed","output":[]}}""";
        Take("""{"type":"response.created"}""");
        Take($$"""{"type":"{{delta}}","item_id":"a","delta":"Two "}""");
        Take($$"""{"type":"{{delta}}","item_id":"a","delta":"pizzas."}""");
        Take(done);
        var sent = Sent();
        Assert.Equal(("conversation.item.delete", "a"), ((string?)sent[0]["type"], (string?)sent[0]["item_id"]));
        Assert.Equal("Say exactly the following words, and nothing else: Two pizzas.", (string?)sent[1]["response"]!["instructions"]);
        Assert.Equal(2, sent.Count);
        Take("""{"type":"response.created"}""");
        Take($$"""{"type":"{{delta}}","item_id":"b","delta":"Two pizzas."}""");
        Take(done);
        Assert.Equal(new SpokenOutput.Words("b", "Two pizzas."), Next());
        Assert.Equal(new SpokenOutput.Failed("its answer had no sound"), Next());
        Assert.Equal(new SpokenOutput.Whole("b", null), Next());
        Assert.Null(Next());
        // Beside sound, words are the words of that.
        Take("""{"type":"response.created"}""");
        Take("""{"type":"response.output_audio.delta","item_id":"c","delta":"AQA="}""");
        Take($$"""{"type":"{{delta}}","item_id":"c","delta":"Well."}""");
        Take(done);
        Assert.Empty(Sent());
    }

    [Fact]
    public void A_call_that_is_interrupted_while_it_is_written_is_none()
    {
        Take("""{"type":"response.output_item.added","item":{"id":"i","type":"function_call","name":"price"}}""");
        Take("""{"type":"response.function_call_arguments.done","item_id":"i","call_id":"c","arguments":"{\"size\":"}""");
        Take("""
            {"type":"response.output_item.done","item":{"type":"function_call","status":"incomplete","call_id":"c","name":"price",
             "arguments":"{\"size\":"}}
            """);
        Take("""
            {"type":"response.done","response":{"status":"cancelled","output":[{"type":"function_call","status":"incomplete","call_id":"c",
             "name":"price","arguments":"{\"size\":"}]}}
            """);
        Assert.Null(Next());
        // Whole, and of an answer that was interrupted behind it.
        Take("""
            {"type":"response.done","response":{"status":"cancelled","output":[{"type":"function_call","status":"completed","call_id":"d",
             "name":"price","arguments":"{\"size\":2}"}]}}
            """);
        Assert.Equal(new SpokenOutput.Call(new("d", "price", """{"size":2}""")), Next());
        Assert.Null(Next());
    }

    [Theory, InlineData("Thank you for watching!"), InlineData("ご視聴ありがとうございました")]
    public void What_it_wrote_down_where_nobody_spoke_was_not_said(string text)
    {
        Take($$"""{"type":"conversation.item.input_audio_transcription.completed","transcript":"{{text}}"}""");
        Assert.IsType<SpokenOutput.Unheard>(Next());
    }

    [Fact]
    public void A_caller_who_speaks_clears_what_waits_and_what_he_heard_is_told_in_milliseconds()
    {
        Take("""{"type":"input_audio_buffer.speech_started"}""");
        Assert.Equal(new SpokenOutput.Voice(true), Next());
        Assert.IsType<SpokenOutput.Clear>(Next());
        _model.Cut("a", 1_250);
        var cut = Assert.Single(Sent());
        Assert.Equal(("conversation.item.truncate", "a", 0, 1_250),
            ((string?)cut["type"], (string?)cut["item_id"], (int)cut["content_index"]!, (int)cut["audio_end_ms"]!));
        Take("""{"type":"conversation.item.input_audio_transcription.completed","transcript":" yes "}""");
        Take("""{"type":"conversation.item.input_audio_transcription.completed","transcript":""}""");
        Assert.Equal(new SpokenOutput.Heard("yes"), Next());
        Assert.IsType<SpokenOutput.Unheard>(Next());
    }

    [Fact]
    public void What_it_refuses_is_waited_for_no_longer_and_nonsense_without_end_is_given_up()
    {
        _model.Say("Hello.");
        Assert.Equal("Say exactly the following words, and nothing else: Hello.",
            (string?)Assert.Single(Sent())["response"]!["instructions"]);
        Assert.True(_model.IsAnswering);
        Take("""{"type":"error","error":{"code":"invalid_value","message":"what the caller said"}}""");
        Assert.False(_model.IsAnswering);
        Assert.Equal(new SpokenOutput.Warning("it refused something: invalid_value"), Next());

        string[] nonsense = ["", "null", "[]", "{}", "{\"type\":1}", "{\"type\":\"", "\u0000", "{\"type\":\"\"}", "1"];
        foreach (string one in nonsense) Take(one);
        Assert.Null(Next());
        Take("""{"type":"what.comes.later"}""");
        foreach (string one in nonsense) Take(one);
        Assert.Null(Next());
        Take("x");
        Assert.IsType<SpokenOutput.Lost>(Next());
        // And what is broken within one that is known.
        Take("""{"type":"response.output_audio.delta","item_id":"a","delta":"!"}""");
        Take("""{"type":"response.output_item.done","item":7}""");
        Take("""{"type":"response.done","response":[]}""");
        Assert.Null(Next());
    }

    [Theory]
    [InlineData("""{"code":"conversation_already_has_active_response","event_id":"answer_1"}""", true)]
    [InlineData("""{"message":"Conversation already has an active response in progress.","event_id":null}""", false)]
    public void An_answer_that_meets_one_that_is_being_made_comes_behind_it(string error, bool isOfOurs)
    {
        _model.Say("Hello.");
        var asked = Assert.Single(Sent());
        Assert.Equal("answer_1", (string?)asked["event_id"]);
        Take("""{"type":"response.created"}""");
        Take($$"""{"type":"error","error":{{error}} }""");
        Assert.IsType<SpokenOutput.Warning>(Next());
        Assert.Null(Next());
        Assert.True(_model.IsAnswering);

        Take("""{"type":"response.done","response":{"status":"completed","output":[]}}""");
        var again = Assert.Single(Sent());
        Assert.Equal("response.create", (string?)again["type"]);
        Assert.Equal(isOfOurs ? (string?)asked["response"]!["instructions"] : null, (string?)again["response"]!["instructions"]);
        // Once.
        Take("""{"type":"response.created"}""");
        Take("""{"type":"response.done","response":{"status":"completed","output":[]}}""");
        Assert.Null(Next());
    }

    [Fact]
    public void An_answer_that_fails_before_a_word_of_it_is_asked_for_once_more()
    {
        const string failed = """
            {"type":"response.done","response":{"status":"failed","status_details":{"error":{"code":"server_error"}}}}
            """;
        _model.Say("Hello.");
        var first = Assert.Single(Sent());
        Take("""{"type":"response.created"}""");
        Take(failed);
        Assert.Equal(new SpokenOutput.Warning("its answer failed, and is asked for once more: server_error"), Next());
        Assert.Equal((string?)first["response"]!["instructions"], (string?)Assert.Single(Sent())["response"]!["instructions"]);
        Take("""{"type":"response.created"}""");
        Take(failed);
        Assert.Equal(new SpokenOutput.Failed("its answer failed: server_error"), Next());
        Assert.Null(Next());

        // One of the model's own has no words of ours, and one of which something was said is not said twice.
        Take("""{"type":"response.created"}""");
        Take("""{"type":"response.done","response":{"status":"failed","status_details":{"error":{"code":"a b"}}}}""");
        Assert.Equal(new SpokenOutput.Warning("its answer failed, and is asked for once more: it does not say why"), Next());
        Assert.Null(Assert.Single(Sent())["response"]!["instructions"]);
        Take("""{"type":"response.done","response":{"status":"completed","output":[]}}""");
        Take("""{"type":"response.output_audio_transcript.delta","item_id":"a","delta":"Well"}""");
        Assert.IsType<SpokenOutput.Words>(Next());
        Take(failed);
        Assert.Equal(new SpokenOutput.Failed("its answer failed: server_error"), Next());
        Assert.Equal(new SpokenOutput.Whole("a", null), Next());
        Take("""{"type":"response.done","response":{"status":"incomplete","status_details":{"reason":"max_output_tokens"}}}""");
        Assert.Equal(new SpokenOutput.Warning("its answer is not whole: max_output_tokens"), Next());
        Assert.Null(Next());
    }

    [Theory]
    [InlineData("""{"code":"invalid_value","param":"session.audio.output.voice"}""", "speed,transcription")]
    [InlineData("""{"message":"Unknown parameter: 'session.audio.input.transcription'."}""", "speed,voice")]
    [InlineData("""{"code":"invalid_request_error"}""", "")]
    public void What_its_server_refuses_of_how_it_is_to_be_is_left_out(string error, string kept)
    {
        _model.Begin();
        Assert.Equal(["session.update", "conversation.item.create"], Types());
        // A message of before that it does not take is no reason to do without a voice.
        Take("""{"type":"error","error":{"code":"invalid_value","event_id":"known"}}""");
        Assert.IsType<SpokenOutput.Warning>(Next());
        Assert.Null(Next());
        Take($$"""{"type":"error","error":{{error}} }""");
        Assert.IsType<SpokenOutput.Warning>(Next());
        var session = Assert.Single(Sent())["session"]!;
        Assert.NotNull(session["tools"]);
        var audio = session["audio"]!;
        string[] optional = ["speed", "transcription", "voice"];
        Assert.Equal(kept, string.Join(',', optional.Where(one => audio["input"]![one] is not null || audio["output"]![one] is not null)));
        Take("""{"type":"session.updated"}""");
        Assert.IsType<SpokenOutput.Ready>(Next());
        // What it refuses later is something else.
        Take($$"""{"type":"error","error":{{error}} }""");
        Assert.IsType<SpokenOutput.Warning>(Next());
        Assert.Null(Next());
    }

    [Theory]
    [InlineData("""{"code":"unknown_parameter","param":"session.type"}""")]
    [InlineData("""{"code":"unknown_parameter","message":"Unknown parameter: 'session.audio'.","param":null}""")]
    public void A_server_of_before_September_2025_is_asked_in_its_words(string error)
    {
        _model.Begin();
        Sent();
        Take($$"""{"type":"error","error":{{error}} }""");
        Assert.IsType<SpokenOutput.Warning>(Next());
        var session = Assert.Single(Sent())["session"]!;
        Assert.Equal(("pcm16", "pcm16", "alloy", "hangup"), ((string?)session["input_audio_format"],
            (string?)session["output_audio_format"], (string?)session["voice"], (string?)session["tools"]![0]!["name"]));
        Assert.NotNull(session["input_audio_transcription"]);
        Assert.Null(session["type"] ?? session["audio"] ?? session["output_modalities"] ?? session["speed"]);
        // Another word of the first refusal is no new one; what it does not take of the older words is left out.
        Take("""{"type":"error","error":{"code":"unknown_parameter","param":"session.output_modalities","event_id":"session_1"}}""");
        Assert.IsType<SpokenOutput.Warning>(Next());
        Assert.Null(Next());
        Take("""{"type":"error","error":{"code":"invalid_value","param":"session.voice"}}""");
        Assert.IsType<SpokenOutput.Warning>(Next());
        session = Assert.Single(Sent())["session"]!;
        Assert.Null(session["voice"]);
        Assert.NotNull(session["input_audio_transcription"]);
        Take("""{"type":"session.updated"}""");
        Assert.IsType<SpokenOutput.Ready>(Next());
    }

    [Fact]
    public void One_that_takes_nothing_of_how_it_is_to_be_is_given_up()
    {
        _model.Begin();
        Assert.Equal("session_1", (string?)Sent()[0]["event_id"]);
        Take("""{"type":"error","error":{"code":"unknown_parameter","param":"session.type","event_id":"session_1"}}""");
        Assert.IsType<SpokenOutput.Warning>(Next());
        Assert.Equal("session_2", (string?)Assert.Single(Sent())["event_id"]);
        Take("""{"type":"error","error":{"code":"unknown_parameter","param":"session.type","event_id":"session_2"}}""");
        Assert.IsType<SpokenOutput.Warning>(Next());
        Assert.Equal(new SpokenOutput.Lost("it refused how it is to be: unknown_parameter"), Next());
        Assert.Null(Next());
    }

    [Fact]
    public void One_whose_session_is_over_is_lost_though_its_socket_stays_open()
    {
        Take("""{"type":"error","error":{"type":"invalid_request_error","code":"session_expired","message":"30 minutes."}}""");
        Assert.Equal(new SpokenOutput.Warning("it refused something: session_expired"), Next());
        Assert.Equal(new SpokenOutput.Lost("its session is over"), Next());
        Assert.Null(Next());
    }

    [Fact]
    public void What_it_is_to_know_is_said_as_if_it_had_been()
    {
        _model.Know([new(MessageRole.User, "pressed 7", default), new(MessageRole.System, "He is a member.", default)], answersNow: true);
        var sent = Sent();
        Assert.Equal(["user", "system"], sent.Take(2).Select(one => (string?)one["item"]!["role"]));
        Assert.Equal("response.create", (string?)sent[2]["type"]);
    }

    private void Take(string message) => _model.Take(Encoding.UTF8.GetBytes(message), isBinary: false);

    private SpokenOutput? Next() => _model.TryPoll(out var output) ? output : null;

    private int Count<T>()
    {
        int count = 0;
        while (Next() is { } output) count += output is T ? 1 : 0;
        return count;
    }

    private List<JsonNode> Sent()
    {
        var all = new List<JsonNode>();
        while (Next() is { } output)
            if (output is SpokenOutput.Send send) all.Add(JsonNode.Parse(send.Message.Span)!);
        return all;
    }

    private List<string?> Types() => [.. Sent().Select(one => (string?)one["type"])];
}
