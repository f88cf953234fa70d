using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Conversations;
using Ringwright.Conversations.Models;

namespace Ringwright.Pure.Conversations;

/// <summary>Calls of tools between the special tokens of a model, where its server leaves them among the words.</summary>
public sealed class WrittenCallTests
{
    private const string End = "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";

    private static readonly JsonObject Schema = (JsonObject)JsonNode.Parse("""
        {"type": "object", "properties": {"city": {"type": "string"}, "days": {"type": "integer"}}}
        """)!;

    private readonly List<BrainPart> _parts = [];

    private string Words => string.Concat(_parts.OfType<BrainPart.Text>().Select(text => text.Bit)).Trim();
    private IEnumerable<string> Calls => _parts.OfType<BrainPart.Call>()
        .Select(call => $"{call.Tool.Name} {JsonNode.Parse(call.Tool.Arguments)!.ToJsonString()}");

    private static string Delta(string content)
    {
        var delta = new JsonObject { ["content"] = content };
        return $$"""data: {"choices":[{"index":0,"delta":{{delta.ToJsonString()}} }]}""" + "\n\n";
    }

    /// <summary>In bits of so many characters, by a server that offers two tools.</summary>
    private void Answer(string text, int size)
    {
        _parts.Clear();
        var answer = new ChatAnswer(7, "", _parts.Add, name => name is "weather" or "get_time" ? Schema : null,
            names: ["weather", "get_time"]);
        string stream = string.Concat(text.Chunk(size).Select(bit => Delta(new string(bit))));
        answer.Take(new ModelNews.Bytes(Encoding.UTF8.GetBytes(stream + End)));
    }

    [Theory]
    // Kimi's, in their section and without one.
    [InlineData("""
        One moment. <|tool_calls_section_begin|><|tool_call_begin|>functions.weather:0<|tool_call_argument_begin|>
        {"city": "Ulm", "days": 2}<|tool_call_end|><|tool_call_begin|>functions.get_time:1<|tool_call_argument_begin|>{}<|tool_call_end|>
        <|tool_calls_section_end|>
        """)]
    [InlineData("""
        One moment. <|tool_call_begin|>weather<|tool_call_argument_begin|>{"city": "Ulm", "days": 2}<|tool_call_end|>
        <|tool_call_begin|>get_time<|tool_call_argument_begin|>{}<|tool_call_end|>
        """)]
    // DeepSeek's, with the kind and a fence, and as later models write them.
    [InlineData("""
        One moment.<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>weather
        ```json
        {"city": "Ulm", "days": 2}
        ```<｜tool▁call▁end｜>
        <｜tool▁call▁begin｜>function<｜tool▁sep｜>get_time
        ```json
        {}
        ```<｜tool▁call▁end｜><｜tool▁calls▁end｜>
        """)]
    [InlineData("""
        One moment.<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>weather<｜tool▁sep｜>{"city": "Ulm", "days": 2}<｜tool▁call▁end｜>
        <｜tool▁call▁begin｜>get_time<｜tool▁sep｜>{}<｜tool▁call▁end｜><｜tool▁calls▁end｜>
        """)]
    [InlineData("""
        One moment.<｜DSML｜function_calls>
        <｜DSML｜invoke name="weather">
        <｜DSML｜parameter name="city" string="true">Ulm</｜DSML｜parameter>
        <｜DSML｜parameter name="days" string="false">2</｜DSML｜parameter>
        </｜DSML｜invoke>
        <｜DSML｜invoke name="get_time"></｜DSML｜invoke>
        </｜DSML｜function_calls>
        """)]
    // MiniMax's.
    [InlineData("""
        One moment. <minimax:tool_call>
        <invoke name="weather">
        <parameter name="city">Ulm</parameter>
        <parameter name="days">2</parameter>
        </invoke>
        <invoke name="get_time">
        </invoke>
        </minimax:tool_call>
        """)]
    [InlineData("""
        One moment. <tool_calls>
        {"name": "weather", "arguments": {"city": "Ulm", "days": 2}}
        {"name": "get_time", "arguments": {}}
        </tool_calls>
        """)]
    // GLM's.
    [InlineData("""
        One moment.
        <tool_call>weather
        <arg_key>city</arg_key>
        <arg_value>Ulm</arg_value>
        <arg_key>days</arg_key>
        <arg_value>2</arg_value>
        </tool_call>
        <tool_call>get_time
        </tool_call>
        """)]
    // Llama's, which forgets the end of its first mark.
    [InlineData("""One moment. <function=weather{"city": "Ulm", "days": 2}</function><function=get_time{}</function>""")]
    [InlineData("""One moment. <function=weather={"city": "Ulm", "days": 2}></function> <function=get_time ({})></function>""")]
    // Granite's and Nemotron's.
    [InlineData("""One moment. <|tool_call|>[{"name": "weather", "arguments": {"city": "Ulm", "days": 2}}, {"name": "get_time"}]""")]
    [InlineData("""
        One moment. <TOOLCALL>[{"name": "weather", "arguments": {"city": "Ulm", "days": 2}}, {"name": "get_time"}]</TOOLCALL>
        """)]
    // gpt-oss, which writes in channels, with the tool before the channel or behind it.
    [InlineData("""
        <|channel|>analysis<|message|>He asks for the weather.<|end|><|start|>assistant<|channel|>commentary<|message|>One moment.<|end|>
        <|start|>assistant<|channel|>commentary to=functions.weather <|constrain|>json<|message|>{"city": "Ulm", "days": 2}<|call|>
        <|start|>assistant to=functions.get_time<|channel|>commentary json<|message|>{}<|call|>
        """)]
    [InlineData("""
        One moment.<|channel|>commentary to=functions.weather <|constrain|>json<|message|>{"city":"Ulm","days":2}<|call|><|start|>assistant
        <|channel|>commentary to=get_time<|message|>{}
        """)]
    // LFM2's and Llama 4's, as Python; OLMo's, between marks of others.
    [InlineData("One moment. <|tool_call_start|>[weather(city=\"Ulm\", days=2), get_time()]<|tool_call_end|>")]
    [InlineData("One moment. <|python_start|>[weather(city='Ulm', days=2), get_time()]<|python_end|>")]
    [InlineData("One moment. <function_calls>\nweather(city=\"Ulm\", days=2)\nget_time()\n</function_calls>")]
    // Gemma 4's and FunctionGemma's; Cohere's and InternLM's.
    [InlineData("One moment. <|tool_call>call:weather{city:<|\"|>Ulm<|\"|>,days:2}<tool_call|><|tool_call>call:get_time{}<tool_call|>")]
    [InlineData("""
        One moment. <start_function_call>call:weather{city:<escape>Ulm<escape>,days:2}<end_function_call>
        <start_function_call>call:get_time{}<end_function_call>
        """)]
    [InlineData("""
        <|START_THINKING|>The weather, then.<|END_THINKING|>One moment.<|START_ACTION|>[
        {"tool_call_id": "0", "tool_name": "weather", "parameters": {"city": "Ulm", "days": 2}},
        {"tool_call_id": "1", "tool_name": "get_time", "parameters": {}}]<|END_ACTION|>
        """)]
    [InlineData("""
        One moment.<|action_start|><|plugin|>
        {"name": "weather", "parameters": {"city": "Ulm", "days": 2}}<|action_end|>
        <|action_start|><|plugin|>{"name": "get_time", "parameters": {}}<|action_end|>
        """)]
    // The kind around each, or in place of the name.
    [InlineData("""
        One moment. <tool_call>
        {"type": "function", "function": {"name": "weather", "arguments": {"city": "Ulm", "days": 2}}}
        </tool_call>
        <tool_call>{"function": "get_time", "arguments": {}}</tool_call>
        """)]
    // As code, without any mark: Llama's and Gemma 3's, OpenAI's, and Gemma 4's whose marks were taken out.
    [InlineData("One moment.\n[weather(city=\"Ulm\", days=2), get_time()]")]
    [InlineData("One moment. functions.weather({\"city\": \"Ulm\", days: 2});\nfunctions.get_time({})")]
    [InlineData("One moment.\nprint(default_api.weather(city='Ulm', days=2))\nget_time( )")]
    [InlineData("One moment. call:weather{city:Ulm,days:2}call:get_time{}")]
    public void Calls_between_a_models_own_tokens_are_made_and_not_said(string text)
    {
        foreach (int size in (int[])[1, 7, 2_000])
        {
            Answer(text, size);
            Assert.Equal("One moment.", Words);
            Assert.Equal(["weather {\"city\":\"Ulm\",\"days\":2}", "get_time {}"], Calls);
            Assert.IsType<BrainPart.Done>(_parts[^1]);
        }
    }

    [Theory]
    [InlineData("""<|tool_calls_section_begin|><|tool_call_begin|>functions.weather:0<|tool_call_argument_begin|>{"city": "Ul""")]
    [InlineData("<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>weather<｜tool▁sep｜>{\"city\": ")]
    [InlineData("""<minimax:tool_call><invoke name="weather"><parameter name="city">Ulm</parameter>""")]
    [InlineData("""<minimax:tool_call><invoke name="weather"><parameter name="city">Ulm</invoke></minimax:tool_call>""")]
    [InlineData("<tool_call>weather\n<arg_key>city</arg_key>\n<arg_value>Ul")]
    [InlineData("<tool_call>get_time"), InlineData("<tool_call>nothing\n</tool_call>")]
    [InlineData("<function=weather>\n<parameter=city>\nUl"), InlineData("<function=weather{\"city\": \"U > l</function>")]
    [InlineData("""<|channel|>commentary to=functions.weather <|constrain|>json<|message|>{"city": """)]
    [InlineData("<|channel|>commentary to=functions.weather"), InlineData("<|channel|>analysis<|message|>He asks for")]
    [InlineData("[weather(city=\"Ul"), InlineData("weather(city='U\\"), InlineData("call:weather{city:<|\"|>Ul"), InlineData("get_time(")]
    [InlineData("<|tool_call>call:weather{city:<|\"|>Ul"), InlineData("<|tool_call_start|>[weather(city=")]
    public void A_call_that_broke_off_is_neither_made_nor_said(string text)
    {
        foreach (int size in (int[])[1, 2_000])
        {
            Answer(text, size);
            Assert.Equal(new BrainPart.Failed("its answer is empty"), _parts[^1]);
            Assert.Empty(Words);
            Assert.Empty(Calls);
        }
    }

    [Theory]
    [InlineData("<|channel|>final<|message|>It is sunny.<|return|>"), InlineData("It is sunny.<|end|>"), InlineData("It is sunny.")]
    [InlineData("<|start|>assistant<|channel|>analysis<|message|>Sun?<|end|><|start|>assistant<|channel|>final<|message|>It is sunny.")]
    public void The_words_of_channels_are_said_without_their_heads(string text)
    {
        foreach (int size in (int[])[1, 9, 2_000])
        {
            Answer(text, size);
            Assert.Equal("It is sunny.", Words);
            Assert.Empty(Calls);
        }
    }

    [Theory]
    [InlineData("[weather(city=\"L\\'\\u0041quila\\n\", days=-2, tags=['a', \"b\",], more={'x': None, \"y\": [1.5, True]})]",
        """weather {"city":"L\u0027Aquila\n","days":-2,"tags":["a","b"],"more":{"x":null,"y":[1.5,true]}}""")]
    [InlineData("<|python_tag|>weather.call(city=\"Ulm\")", """weather {"city":"Ulm"}"""), InlineData("get_time({})", "get_time {}")]
    [InlineData("call:weather{city:Bad Ems,days:2}", """weather {"city":"Bad Ems","days":2}""")]
    [InlineData("call:weather{city:<|\"|>a}, b<|\"|>,days:2}", """weather {"city":"a}, b","days":2}""")]
    [InlineData("weather(city=\"a) b\", days=\"2\")", """weather {"city":"a) b","days":2}""")]
    public void Arguments_as_code_are_read_as_the_language_has_them(string text, string call)
    {
        foreach (int size in (int[])[1, 5, 2_000])
        {
            Answer(text, size);
            Assert.Empty(Words);
            Assert.Equal(call, Assert.Single(Calls));
        }
    }

    [Theory]
    [InlineData("Your weather(s) in Ulm."), InlineData("The weather (as it is)."), InlineData("weather(city=get_city())")]
    [InlineData("bad_weather(1), get_times()"), InlineData("The weather"), InlineData("weather(\"Ulm\")"), InlineData("call: weather")]
    public void What_only_looks_like_code_is_said(string text)
    {
        foreach (int size in (int[])[1, 4, 2_000])
        {
            Answer(text, size);
            Assert.Equal(text, Words);
            Assert.Empty(Calls);
        }
    }

    [Fact]
    public void Words_behind_a_call_as_code_are_said_by_themselves()
    {
        foreach (int size in (int[])[1, 6, 2_000])
        {
            Answer("I look.get_time();\n\nThen we see.", size);
            Assert.Equal("I look. Then we see.", Words);
            Assert.Equal(["get_time {}"], Calls);
        }
    }

    [Fact]
    public void A_fence_around_a_call_as_code_is_not_spoken()
    {
        Answer("One moment.\n```tool_code\nprint(default_api.weather(city=\"Ulm\"))\n```", 3);
        Assert.Equal("One moment.", new PlainSpeech().Take(Words));
        Assert.Equal(["weather {\"city\":\"Ulm\"}"], Calls);
    }

    [Fact]
    public void Where_no_tools_are_offered_code_is_the_answer()
    {
        var answer = new ChatAnswer(7, "", _parts.Add);
        answer.Take(new ModelNews.Bytes(Encoding.UTF8.GetBytes(Delta("weather(city=\"Ulm\")") + End)));
        Assert.Equal("weather(city=\"Ulm\")", Words);
        Assert.Empty(Calls);
    }

    [Theory]
    // MiniMax and Nova think between words, and Gemma 4 in a channel of its own, also where it has nothing to think.
    [InlineData("Hello. <think>He is <b>back</b>.</think>\n\nHow are you?")]
    [InlineData("<think>a</think><think>b</think>Hello. How are you?")]
    [InlineData("<|channel>thought\nHe is back.\n<channel|>Hello. How are you?")]
    [InlineData("<|channel>thought\n<channel|>Hello. How are you?")]
    [InlineData("Hello.<thinking>He is back.</thinking>How are you?<thinking>I wait.")]
    public void What_is_thought_between_the_words_is_not_said(string text)
    {
        foreach (int size in (int[])[1, 7, 2_000])
        {
            Answer(text, size);
            Assert.Equal(["Hello.", "How", "are", "you?"], Words.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
            Assert.IsType<BrainPart.Done>(_parts[^1]);
        }
    }

    [Fact]
    public void Thoughts_that_the_prompt_began_and_others_behind_them_are_not_said_of_an_answer_in_one_piece()
    {
        Answer("He is back.</think>Hello. <think>So.</think>How are you?", 2_000);
        Assert.Equal("Hello.  How are you?", Words);
    }

    [Theory, InlineData("a < b", "a < b"), InlineData("<|", "<|"), InlineData("<inv", "<inv"), InlineData("<｜tool", "<｜tool")]
    public void What_only_begins_like_a_token_is_said(string text, string words)
    {
        Answer(text, 1);
        Assert.Equal(words, Words);
    }

    [Fact]
    public void Tokens_of_a_model_that_are_left_over_are_not_spoken() =>
        Assert.Equal("It is sunny.", new PlainSpeech().Take("It is sunny.<｜end▁of▁sentence｜><|tool_calls_section_end|>"));
}
