// Longer than others: each way in which servers write and cut an answer is a fact, and all are fed alike.
using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Conversations;
using Ringwright.Conversations.Models;

namespace Ringwright.Pure.Conversations;

/// <summary>What becomes of the bytes of a model's answer, however they are cut and whatever is in them.</summary>
public sealed class ModelAnswerTests
{
    private const string Done = "data: [DONE]\n\n";

    private readonly List<BrainPart> _parts = [];

    private static string Delta(string delta, string finish = "null") =>
        $$"""data: {"choices":[{"index":0,"delta":{{delta}},"finish_reason":{{finish}}}]}""" + "\n\n";

    private static string Call(string piece) => Delta($$"""{"tool_calls":[{{piece}}]}""");

    private static readonly string End = Delta("{}", "\"stop\"") + Done;

    private IEnumerable<string> Words => _parts.OfType<BrainPart.Text>().Select(text => text.Bit);
    private IReadOnlyList<ToolCall> Calls => [.. _parts.OfType<BrainPart.Call>().Select(call => call.Tool)];
    private string? Failure => _parts.OfType<BrainPart.Failed>().SingleOrDefault()?.Why;

    /// <summary>In bits of so many bytes.</summary>
    private void Answer(string stream, int size = int.MaxValue, bool ends = true, bool hasTools = false)
    {
        var answer = new ChatAnswer(7, "I cannot say.", _parts.Add, hasTools ? static _ => null : null);
        byte[] bytes = Encoding.UTF8.GetBytes(stream);
        for (int from = 0; from < bytes.Length; from += Math.Min(size, bytes.Length - from))
            answer.Take(new ModelNews.Bytes(bytes.AsMemory(from, Math.Min(size, bytes.Length - from))));
        if (ends) answer.Take(new ModelNews.Ended());
    }

    [Theory, InlineData(1, "\n"), InlineData(2, "\r\n"), InlineData(3, "\r"), InlineData(7, "\n"), InlineData(4_000, "\r\n")]
    public void Words_come_as_they_were_written_however_their_bytes_are_cut(int size, string line)
    {
        string stream = ": OPENROUTER PROCESSING\n\n" + Delta("""{"role":"assistant","content":""}""")
            + Delta("""{"content":"Grüße"}""") + Delta("""{"content":" aus 東京 😀."}""")
            + "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":12,\"completion_tokens\":5},\"system_fingerprint\":\"fp\"}\n\n" + End;
        Answer("\uFEFF" + stream.Replace("\n", line, StringComparison.Ordinal), size);
        Assert.Equal("Grüße aus 東京 😀.", string.Concat(Words));
        Assert.Equal(new BrainPart.Used(12, 5, "fp"), Assert.Single(_parts.OfType<BrainPart.Used>()));
        Assert.Equal(new BrainPart.Done(), _parts[^1]);
    }

    [Theory]
    // The one that all others are measured by: id and name first, arguments by index.
    [InlineData("""{"index":0,"id":"a","function":{"name":"one","arguments":""}}""", """{"index":0,"function":{"arguments":"{\"x\":"}}""",
        """{"index":0,"function":{"arguments":"1}"}}""", """{"index":1,"id":"b","function":{"name":"two","arguments":"{}"}}""")]
    // No index, all in one piece.
    [InlineData("""{"id":"a","function":{"name":"one","arguments":"{\"x\":1}"}}""",
        """{"id":"b","function":{"name":"two","arguments":"{}"}}""")]
    // One index for all.
    [InlineData("""{"index":0,"id":"a","function":{"name":"one","arguments":"{\"x\":1}"}}""",
        """{"index":0,"id":"b","function":{"name":"two","arguments":"{}"}}""")]
    // Arguments as an object.
    [InlineData("""{"index":0,"id":"a","function":{"name":"one","arguments":{"x":1}}}""",
        """{"index":1,"id":"b","function":{"name":"two","arguments":{}}}""")]
    // A new id and an empty name in what goes on.
    [InlineData("""{"index":0,"id":"a","function":{"name":"one","arguments":"{\"x\""}}""",
        """{"index":0,"id":"z","function":{"name":"","arguments":":1}"}}""", """{"index":1,"id":"b","function":{"name":"two"}}""")]
    // The name again in each piece, without an id.
    [InlineData("""{"index":0,"function":{"name":"one","arguments":"{\"x\""}}""",
        """{"index":0,"function":{"name":"one","arguments":":1}"}}""",
        """{"index":1,"function":{"name":"two","arguments":"{}"}}""")]
    // The arguments as a text within the text, and null for none.
    [InlineData("""{"index":0,"id":"a","function":{"name":"one","arguments":"\"{\\\"x\\\""}}""",
        """{"index":0,"function":{"arguments":":1}\""}}""", """{"index":1,"id":"b","function":{"name":"two","arguments":"null"}}""")]
    // The name behind the id and some of the arguments, with the id and without.
    [InlineData("""{"index":0,"id":"a","function":{"name":null,"arguments":"{\"x\":"}}""",
        """{"index":0,"id":"a","function":{"name":"one","arguments":"1}"}}""",
        """{"index":1,"id":"b","function":{"name":null,"arguments":""}}""", """{"index":1,"function":{"name":"two","arguments":"{}"}}""",
        """{"index":2,"id":"c","function":{"arguments":"{}"}}""")]
    // Marks of the model behind the name.
    [InlineData("""{"index":0,"id":"a","function":{"name":"one<|channel|>commentary","arguments":"{\"x\":1}"}}""",
        """{"index":1,"id":"b","function":{"name":"two <|constrain|>json","arguments":"{}"}}""")]
    // All of it twice.
    [InlineData("""{"index":0,"id":"a","function":{"name":"one","arguments":"{\"x\":1}"}}""",
        """{"index":0,"id":"a","function":{"name":"one","arguments":"{\"x\":1}"}}""", """{"index":1,"id":"b","function":{"name":"two"}}""")]
    // Several times in one piece, and the beginning of it before all of it.
    [InlineData("""{"index":0,"id":"a","function":{"name":"one","arguments":"{\"x\":1}{\"x\":1}{\"x\":1}"}}""",
        """{"index":1,"id":"b","function":{"name":"two","arguments":"{"}}""", """{"index":1,"function":{"arguments":"{}"}}""")]
    [InlineData("""{"index":0,"id":"a","function":{"name":"one","arguments":"{\"x\""}}""",
        """{"index":0,"function":{"arguments":"{\"x\":1}"}}""", """{"index":1,"id":"b","function":{"name":"two","arguments":"{}"}}""")]
    public void Calls_are_put_together_as_servers_cut_them(params string[] pieces)
    {
        Answer(string.Concat(pieces.Select(Call)) + End, size: 5);
        Assert.Equal(["one", "two"], Calls.Select(call => call.Name));
        Assert.Equal(["{\"x\":1}", "{}"], Calls.Select(call => call.Arguments));
        Assert.Equal(2, Calls.Select(call => call.Id).Distinct().Count());
        Assert.All(Calls, call => Assert.Matches("^[a-z0-9]{9}$", call.Id));
        Assert.IsType<BrainPart.Done>(_parts[^1]);
    }

    [Fact]
    public void What_a_server_wants_back_with_its_calls_is_kept_with_them()
    {
        Answer(Delta("""{"reasoning_content":"He wants "}""") + Delta("""{"reasoning_content":"\"all\".","reasoning":"He"}""")
            + Delta("""{"reasoning_details":[{"type":"reasoning.encrypted","data":"a+/="}]}""")
            + Call("""
                {"index":0,"id":"a","function":{"name":"one","arguments":"{}"},"extra_content":{"google":{"thought_signature":"s=="}}}
                """)
            + Call("""{"index":1,"id":"b","function":{"name":"two","arguments":"{}"}}""") + End, size: 11);
        var members = JsonNode.Parse(Calls[0].Extras!.OfMessage!)!;
        Assert.Equal("He wants \"all\".", (string?)members["reasoning_content"]);
        Assert.Equal("a+/=", (string?)members["reasoning_details"]![0]!["data"]);
        Assert.Equal("s==", (string?)JsonNode.Parse(Calls[0].Extras!.OfCall!)!["extra_content"]!["google"]!["thought_signature"]);
        Assert.Null(Calls[1].Extras);
    }

    [Fact]
    public void Thoughts_that_are_too_long_are_not_kept()
    {
        Answer(Delta("{\"reasoning_content\":\"" + new string('x', 70_000) + "\"}")
            + Call("""{"index":0,"id":"a","function":{"name":"one","arguments":"{}"}}""") + End);
        Assert.Null(Assert.Single(Calls).Extras);
    }

    private static string Written(string text, int size) => string.Concat(text.Chunk(size)
        .Select(bit => Delta(new JsonObject { ["content"] = new string(bit) }.ToJsonString())));

    [Theory, InlineData(1), InlineData(7), InlineData(500)]
    public void Calls_that_a_model_writes_into_its_words_are_made_and_not_said(int size)
    {
        Answer(Written("One moment.\n<tool_call>\n{\"name\": \"one\", \"arguments\": {\"x\": 1}}\n</tool_call>\n"
            + "<tool_call>{\"name\":\"two\",\"parameters\":{}}</tool_call> 1 <", size) + End, hasTools: true);
        Assert.Equal(["One", "moment.", "1", "<"], string.Concat(Words).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(["one", "two"], Calls.Select(call => call.Name));
        Assert.Equal(["{\"x\":1}", "{}"], Calls.Select(call => call.Arguments));
    }

    [Theory, InlineData(1), InlineData(13), InlineData(500)]
    public void Calls_that_are_written_with_tags_have_values_of_the_kinds_that_the_tool_wants(int size)
    {
        var schema = (JsonObject)JsonNode.Parse("""
            {"properties": {"count": {"type": "integer"}, "size": {"type": "string"}, "extra": {"type": "array"}}}
            """)!;
        var answer = new ChatAnswer(7, "", _parts.Add, name => name is "one" ? schema : null);
        string text = "One moment. <tool_call>\n<function=one>\n<parameter=count>\n2\n</parameter>\n<parameter=size>\n12\n</parameter>\n"
            + "<parameter=extra>\n[\"ham\"]\n</parameter>\n</function>\n</tool_call><tool_call><function=two></function></tool_call>";
        answer.Take(new ModelNews.Bytes(Encoding.UTF8.GetBytes(Written(text, size) + End)));
        Assert.Equal("One moment.", string.Concat(Words).Trim());
        Assert.Equal(["one", "two"], Calls.Select(call => call.Name));
        Assert.Equal(["""{"count":2,"size":"12","extra":["ham"]}""", "{}"], Calls.Select(call => call.Arguments));
    }

    [Theory]
    [InlineData("<function=one>\n<parameter=x>\na\n</parameter>\n</function>\n<function=two>\n</function>", """{"x":"a"}""")]
    [InlineData("<function=one><parameter=x>a</function> b</parameter></function><function=two></function>",
        """{"x":"a\u003C/function\u003E b"}""")]
    [InlineData("""[{"name":"one","arguments":{"x":1}}, {"name":"two"}]""", """{"x":1}""")]
    [InlineData("{\"name\":\"one\",\"arguments\":{\"x\":1}}\n{\"name\":\"two\"}", """{"x":1}""")]
    public void Several_calls_between_one_pair_of_marks_are_made_in_their_order(string within, string first)
    {
        Answer(Written($"One moment. <tool_call>\n{within}\n</tool_call>", 7) + End, hasTools: true);
        Assert.Equal("One moment.", string.Concat(Words).Trim());
        Assert.Equal(["one", "two"], Calls.Select(call => call.Name));
        Assert.Equal([first, "{}"], Calls.Select(call => call.Arguments));
    }

    [Theory, InlineData(1), InlineData(9), InlineData(500)]
    public void Calls_with_tags_need_no_marks_around_them(int size)
    {
        const string first = "<function=one>{\"x\":1}</function>", second = "<function=two>\n<parameter=y>\nb\n</parameter>\n</function>";
        Answer(Written($"I look. {first} <func {second}", size) + End, hasTools: true);
        Assert.Equal(["I", "look.", "<func"], string.Concat(Words).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(["one", "two"], Calls.Select(call => call.Name));
        Assert.Equal(["{\"x\":1}", "{\"y\":\"b\"}"], Calls.Select(call => call.Arguments));
    }

    private void AnswerWithTools(string text, int size)
    {
        _parts.Clear();
        var answer = new ChatAnswer(7, "", _parts.Add, name => name is "one" or "two" ? new JsonObject() : null);
        answer.Take(new ModelNews.Bytes(Encoding.UTF8.GetBytes(Written(text, size) + End)));
    }

    [Theory]
    // Llama's, where Ollama and others leave it.
    [InlineData("""{"name": "one", "parameters": {"x": 1}}""", "")]
    [InlineData("```json\n{\"name\": \"one\", \"parameters\": {\"x\": 1}}\n```\nI look.", "I look.")]
    [InlineData("""{"type": "function", "function": {"name": "one", "arguments": {"x": 1}}}""", "")]
    [InlineData("<|python_tag|>{\"name\": \"one\", \"parameters\": {\"x\": 1}}", "")]
    [InlineData("""[{"name": "one", "arguments": {"x": 1}}]""", "")]
    // Mistral's and Devstral's.
    [InlineData("""I look. [TOOL_CALLS][{"name": "one", "arguments": {"x": 1}}]""", "I look.")]
    [InlineData("""[TOOL_CALLS]one[CALL_ID]a1b2c3d4e[ARGS]{"x": 1}</s>""", "")]
    public void A_call_without_marks_around_it_is_made_and_not_said(string text, string words)
    {
        foreach (int size in (int[])[1, 7, 500])
        {
            AnswerWithTools(text, size);
            Assert.Equal(words, string.Concat(Words).Trim());
            var call = Assert.Single(Calls);
            Assert.Equal(("one", "{\"x\":1}"), (call.Name, call.Arguments));
            Assert.IsType<BrainPart.Done>(_parts[^1]);
        }
    }

    [Theory]
    [InlineData("""{"name": "one", "parameters": {"x": 1}}; {"name": "two", "parameters": {}}""")]
    [InlineData("{\"name\": \"one\", \"parameters\": {\"x\": 1}}\n{\"name\": \"two\"}")]
    [InlineData("""[TOOL_CALLS]one{"x": 1}[TOOL_CALLS]two{}""")]
    public void Several_calls_without_marks_around_them_are_made_in_their_order(string text)
    {
        AnswerWithTools(text, 7);
        Assert.Empty(Words);
        Assert.Equal(["one", "two"], Calls.Select(call => call.Name));
        Assert.Equal(["{\"x\":1}", "{}"], Calls.Select(call => call.Arguments));
    }

    [Theory]
    [InlineData("{name}, how are you?", "{name}, how are you?"), InlineData("[laughs] Well.", "[laughs] Well."), InlineData("[", "[")]
    [InlineData("""{"city": "Ulm"} it is.""", """{"city": "Ulm"} it is."""), InlineData("""{"name": "one", "parameters": {"x""", "")]
    [InlineData("""{"name": "\ud800", "parameters": {}}""", "")]
    public void What_only_begins_as_a_call_is_said_unless_it_is_half_of_one(string text, string words)
    {
        AnswerWithTools(text, 3);
        Assert.Equal(words, string.Concat(Words));
        Assert.Empty(Calls);
        Assert.Equal(words.Length == 0 ? "its answer is empty" : null, Failure);
    }

    [Theory, InlineData("{name}", ", how are you?", "{name}, how are you?"), InlineData("```\nWell", ". So", "```\nWell. So")]
    [InlineData("""{"city": "Ulm"}""", " it is", """{"city": "Ulm"} it is""")]
    [InlineData("""{"name": "one", "arguments": {}}""", "\nOne moment.", "One moment.")]
    [InlineData("""{"name": "one", "arguments": {x""", ": 1}} Well.", "")]
    public void Words_are_held_no_longer_than_they_may_be_a_call(string first, string second, string heard)
    {
        var calls = new WrittenCalls(static name => name is "one" ? new JsonObject() : null);
        Assert.Equal(heard, calls.Take(first) + calls.Take(second));
    }

    [Fact]
    public void Where_no_tools_are_offered_an_object_is_the_answer()
    {
        Answer(Written("""{"name": "one", "parameters": {}}""", 5) + End);
        Assert.Equal("""{"name": "one", "parameters": {}}""", string.Concat(Words));
        Assert.Empty(Calls);
    }

    [Theory]
    [InlineData("<tool_call>{\"name\": \"one\", \"arguments\": {}}</tool_call>"), InlineData("<function=one></function>")]
    [InlineData("<|start|>assistant<|channel|>commentary to=functions.one <|constrain|>json<|message|>{}<|call|>")]
    public void Where_no_tools_are_offered_a_written_call_is_neither_made_nor_said(string call)
    {
        Answer(Written($"One moment. {call}", 7) + End);
        Assert.Equal("One moment.", string.Concat(Words).Trim());
        Assert.Empty(Calls);
        Assert.IsType<BrainPart.Done>(_parts[^1]);
    }

    [Theory, InlineData("<tool_call>nonsense</tool_call>"), InlineData("<tool_call>{\"name\": \"one\"")]
    [InlineData("<tool_call>[{\"name\": \"one\"</tool_call>"), InlineData("<tool_call>[1, null]</tool_call>")]
    [InlineData("<tool_call>{\"arguments\": {}}</tool_call>"), InlineData("<tool_call>{\"name\": 5}</tool_call>")]
    public void A_call_among_words_that_is_none_is_neither_made_nor_said(string text)
    {
        Answer(Written(text, 4) + End);
        Assert.Equal("its answer is empty", Failure);
        Assert.Empty(Words);
    }

    [Fact]
    public void Calls_that_stand_among_the_words_and_beside_them_are_made_once()
    {
        Answer(Written("<tool_call>{\"name\":\"one\",\"arguments\":{}}</tool_call>", 100)
            + Call("""{"index":0,"id":"a","function":{"name":"one","arguments":"{}"}}""") + End, hasTools: true);
        Assert.Equal("one", Assert.Single(Calls).Name);
        Assert.Empty(Words);
    }

    [Fact]
    public void An_answer_that_is_no_stream_counts()
    {
        Answer("""
            {"object":"chat.completion","choices":[{"index":0,"finish_reason":"tool_calls","message":{"role":"assistant",
             "content":"One moment.","tool_calls":[{"id":"a","type":"function","function":{"name":"one","arguments":"{}"}}]}}]}
            """, size: 9);
        Assert.Equal(["One moment."], Words);
        Assert.Equal("one", Assert.Single(Calls).Name);
    }

    [Fact]
    public void Of_a_member_that_is_there_twice_the_last_counts()
    {
        Answer(Delta("""{"content":"","content":"Yes, "}""") + Delta("""{"role":"assistant","content":"please.","role":"assistant"}""")
            + Delta("""{"tool_calls":[{"index":0,"id":"a","id":"b","function":{"name":"one","arguments":"{}"}}]}""") + End);
        Assert.Equal("Yes, please.", string.Concat(Words));
        Assert.Equal("one", Assert.Single(Calls).Name);
        Assert.Null(Failure);
    }

    [Theory]
    [InlineData("", "its answer broke off")]
    [InlineData(": nothing\n\n", "its answer broke off")]
    [InlineData("<html>no</html>", "its answer broke off")]
    [InlineData("data: <html>\n\n", "its answer is none of a model")]
    [InlineData("data: 7\n\n", "its answer is none of a model")]
    [InlineData("data: {\"choices\":[{\"delta\":{\"cont", "its answer is none of a model")]
    [InlineData("data: {\"error\":{\"message\":\"sk-secret\"}}\n\n", "it told of an error in its answer")]
    [InlineData("data: {\"object\":\"error\",\"message\":\"sk-secret\"}\n\n", "it told of an error in its answer")]
    [InlineData("data: {\"choices\":null,\"error_type\":\"BadRequestError\",\"error_message\":\"sk-secret\"}\n\ndata: [DONE]\n\n",
        "it told of an error in its answer")]
    [InlineData("event: error\ndata: {\"type\":\"error\",\"message\":\"sk-secret\"}\n\n", "it told of an error in its answer")]
    [InlineData("data: {\"choices\":[],\"x_groq\":{\"id\":\"req_1\",\"error\":\"sk-secret\"}}\n\n", "it told of an error in its answer")]
    [InlineData("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\"},\"error\":{\"code\":502,\"message\":\"sk-secret\"}}]}\n\n",
        "it told of an error in its answer")]
    [InlineData("data: [DONE]\n\n", "its answer is empty")]
    public void What_is_no_answer_has_failed_once_and_says_nothing_of_what_was_in_it(string stream, string why)
    {
        Answer(stream);
        Assert.Equal(new BrainPart.Failed(why), Assert.Single(_parts));
    }

    [Theory, InlineData("\n"), InlineData("\r\n")]
    public void Events_without_a_blank_line_between_them_are_several(string line)
    {
        string stream = Delta("""{"content":"One."}""") + Delta("""{"content":" Two."}""") + Delta("{}", "\"stop\"");
        stream = stream.Replace("\n\n", "\n", StringComparison.Ordinal).Replace("\n", line, StringComparison.Ordinal);
        Answer(stream, ends: false);
        Assert.Equal(["One.", " Two."], Words);       // while the answer comes
        _parts.Clear();
        Answer(stream + "data:[DONE]");
        Assert.Equal(new BrainPart.Done(), _parts[^1]);
        Assert.Null(Failure);
    }

    [Theory, InlineData("data:\n\n"), InlineData("data: \n\n"), InlineData("data\n\n"), InlineData("event: ping\ndata: \n\n")]
    [InlineData("data: {\"type\":\"ping\"}\n\n"), InlineData("id: 7\n: keep-alive\n\n")]
    public void What_only_keeps_the_connection_is_nothing(string beat)
    {
        Answer(beat + Delta("""{"content":"Yes,"}""") + beat + Delta("""{"content":" please."}""") + beat + End);
        Assert.Equal(["Yes,", " please."], Words);
        Assert.Equal(new BrainPart.Done(), _parts[^1]);
        _parts.Clear();
        Answer(beat + beat, ends: false);
        Assert.Empty(_parts);
    }

    [Theory, InlineData("\"\"", "its answer broke off"), InlineData("\"error\"", "it told of an error in its answer")]
    // GLM's, DeepSeek's, vLLM's and Gemini's.
    [InlineData("\"network_error\"", "it told of an error in its answer"), InlineData("\"abort\"", "it told of an error in its answer")]
    [InlineData("\"insufficient_system_resource\"", "it told of an error in its answer")]
    [InlineData("\"MALFORMED_FUNCTION_CALL\"", "it told of an error in its answer")]
    public void A_reason_that_is_empty_or_an_error_is_no_good_end(string finish, string why)
    {
        Answer(Delta("""{"content":"Half of"}""", finish));
        Assert.Equal(why, Failure);
    }

    [Theory, InlineData(@"Yes. \ud83d", @"\ude0a Well."), InlineData(@"Yes.\uD83D", " Well."), InlineData("Yes. ", @"\\ud83d Well.")]
    public void Half_an_emoji_costs_no_words(string first, string second)
    {
        Answer(Delta($$"""{"content":"{{first}}"}""") + Delta($$"""{"content":"{{second}}"}""") + End, size: 3);
        Assert.StartsWith("Yes.", string.Concat(Words), StringComparison.Ordinal);
        Assert.EndsWith(" Well.", string.Concat(Words), StringComparison.Ordinal);
        Assert.Null(Failure);
    }

    [Fact]
    public void An_answer_in_one_piece_needs_no_reason()
    {
        Answer("""{"choices":[{"index":0,"finish_reason":"","message":{"role":"assistant","content":"Yes."}}]}""");
        Assert.Equal(["Yes."], Words);
        Assert.Equal(new BrainPart.Done(), _parts[^1]);
    }

    [Fact]
    public void A_call_of_an_answer_that_breaks_off_is_not_made()
    {
        Answer(Delta("""{"content":"I look."}""") + Call("""{"index":0,"id":"a","function":{"name":"one","arguments":"{\"x\":"}}"""));
        Assert.Equal("its answer broke off", Failure);
        Assert.Empty(Calls);
    }

    [Fact]
    public void What_comes_behind_the_end_is_nothing()
    {
        string once = Delta("""{"content":"Yes."}""") + End;
        Answer(once + once + "data: nonsense\n\n");
        Assert.Equal(["Yes."], Words);
        Assert.Single(_parts.OfType<BrainPart.Done>());
        Assert.Null(Failure);
    }

    [Fact]
    public void A_stream_without_its_last_mark_is_whole_when_it_says_why_it_ends()
    {
        Answer(Delta("""{"content":"Yes."}""") + Delta("{}", "\"stop\""));
        Assert.IsType<BrainPart.Done>(_parts[^1]);
    }

    [Theory, InlineData("length", true), InlineData("MAX_TOKENS", true), InlineData("model_length", true), InlineData("stop", false)]
    [InlineData("model_context_window_exceeded", true), InlineData("max_output_tokens", true)]
    public void An_answer_that_was_cut_says_so(string finish, bool isCut)
    {
        Answer(Delta("""{"content":"One. Two and"}""") + Delta("{}", $"\"{finish}\"") + Done);
        Assert.Equal(new BrainPart.Done(isCut), _parts[^1]);
    }

    [Theory, InlineData("""{"refusal":"No."}""", "\"stop\""), InlineData("{}", "\"content_filter\"")]
    [InlineData("{}", "\"SAFETY\""), InlineData("{}", "\"content_filter: RECITATION\"")]
    [InlineData("{}", "\"sensitive\""), InlineData("{}", "\"refusal\""), InlineData("{}", "\"content_filtered\"")]
    public void A_refusal_is_a_sentence_of_ours(string delta, string finish)
    {
        Answer(Delta(delta) + Delta("{}", finish) + Done);
        Assert.Equal(["I cannot say."], Words);
    }

    [Theory, InlineData(1), InlineData(30)]
    public void Thoughts_are_not_said_but_count_as_a_sign_of_life(int size)
    {
        string text = "<think>He wants <b>pizza</b>.</think>\n\nHow many?";
        var bits = text.Chunk(size).Select(bit => new JsonObject { ["content"] = new string(bit) });
        string stream = string.Concat(bits.Select(bit => Delta(bit.ToJsonString())));
        Answer(Delta("""{"reasoning_content":"hm"}""") + stream + End);
        Assert.Equal("How many?", string.Concat(Words));
        Assert.Contains(new BrainPart.Progress(), _parts);
    }

    [Theory]
    [InlineData("<thinking>He wants <think>.</thinking>\n\n"), InlineData("<thought>Pizza.</thought>"), InlineData("[THINK]Pizza.[/THINK]")]
    [InlineData(" <reasoning>Pizza.</reasoning> "), InlineData("◁think▷Pizza.◁/think▷"), InlineData("<seed:think>Pizza.</seed:think>")]
    [InlineData("<|channel|>analysis<|message|>Pizza.<|end|><|start|>assistant<|channel|>final<|message|>")]
    public void Thoughts_are_told_by_the_marks_of_each_model(string thought)
    {
        var bits = (thought + "How [many] <b>?").Chunk(3).Select(bit => new JsonObject { ["content"] = new string(bit) });
        Answer(string.Concat(bits.Select(bit => Delta(bit.ToJsonString()))) + End);
        Assert.Equal("How [many] <b>?", string.Concat(Words).Trim());
    }

    [Theory, InlineData("</think>", 1), InlineData("</think>", 4), InlineData("[/THINK]", 1), InlineData("◁/think▷", 3)]
    [InlineData("</reasoning>", 100), InlineData("<|channel|>final<|message|>", 5)]
    public void The_end_of_thoughts_whose_beginning_nobody_saw_is_not_said(string mark, int size)
    {
        Answer(Written("He is hungry.", 4) + Written($"{mark}\n\nHow many? </", size) + End);
        Assert.Equal(["He", "is", "hungry.", "How", "many?", "</"],
            string.Concat(Words).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory, InlineData("<thin air"), InlineData("[T] is"), InlineData("<")]
    public void What_only_begins_like_a_thought_is_said(string text)
    {
        Answer(string.Concat(text.Select(c => Delta(new JsonObject { ["content"] = c.ToString() }.ToJsonString()))) + End);
        Assert.Equal(text, string.Concat(Words));
    }

    [Theory]
    [InlineData("""{"type":"thinking","thinking":[{"type":"text","text":"hm"}]}"""), InlineData("""{"type":"reasoning","text":"hm"}""")]
    public void Parts_that_are_thoughts_are_a_sign_of_life_and_not_said(string part)
    {
        Answer(Delta($$"""{"content":[{{part}}]}"""), ends: false);
        Assert.Equal(new BrainPart.Progress(), Assert.Single(_parts));
    }

    [Theory, InlineData("""{"content":"","reasoning_details":[{"type":"reasoning.encrypted","data":"a+/="}]}""")]
    [InlineData("""{"reasoning_content":"","reasoning":"hm"}"""), InlineData("""{"reasoning_text":"hm"}""")]
    [InlineData("""{"thinking":"hm"}"""), InlineData("""{"thinking_blocks":[{"type":"thinking","thinking":"hm"}]}""")]
    public void Whoever_thinks_is_alive_however_its_server_tells_that(string delta)
    {
        Answer(Delta(delta), ends: false);
        Assert.Equal(new BrainPart.Progress(), Assert.Single(_parts));
    }

    [Fact]
    public void A_comment_is_no_sign_of_life()
    {
        Answer(": ping\n\n: ping\n\n" + Delta("""{"role":"assistant"}"""), ends: false);
        Assert.Empty(_parts);
    }

    [Fact]
    public void An_event_without_an_end_is_given_up()
    {
        Answer("data: " + new string('x', ServerSentEvents.MostBytes + 1), size: 60_000, ends: false);
        Assert.Equal("its answer does not end", Failure);
    }
}
