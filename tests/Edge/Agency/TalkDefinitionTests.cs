using System.Text.Json.Nodes;
using Ringwright.Agency;
using Ringwright.Agency.Tables;
using Ringwright.Agency.Talking;
using Ringwright.Conversations;
using Ringwright.Conversations.Models;
using Ringwright.Conversations.Scripts;
using Ringwright.Server.Modules;

namespace Ringwright.Edge.Agency;

/// <summary>An agent of an agency in the words of agents that talk, read by whoever has them talk.</summary>
public sealed class TalkDefinitionTests
{
    private static readonly AgentRow Anna = new() { Name = "Anna", SystemPrompt = "Be kind to {{name}}.", MaxDurationSeconds = 86_400 };

    [Fact]
    public void Whoever_has_no_tools_can_still_be_told_not_to_call_again()
    {
        // Case C12, of the tool.
        var agent = Read(TalkDefinition.Of(Anna, [], []));
        Assert.Equal(["hangup", "mark_do_not_call", "schedule_callback", "stop_recording"], agent.Tools.Select(tool => tool.Name));
        Assert.IsType<ModelTool.OptOut>(agent.Tools[1]);
        Assert.IsType<ModelTool.StopRecording>(agent.Tools[3]);
        Assert.Null(agent.Greeting);        // the model says the first words
        Assert.Equal("Be kind to {{name}}.", agent.Instructions);
    }

    [Fact]
    public void Whoever_hears_a_text_alone_hears_before_it_what_a_talk_begins_with_and_a_machine_who_calls()
    {
        const string notice = "This call may be recorded.", who = "This is the automated assistant of Acme.";
        static (string?, string?) OpeningOf(string settings) =>
            MessageOpening.Of(JsonNode.Parse(settings)!.AsObject(), "en", "Acme", "+12125550100", "+13105550100");
        Assert.Equal(($"{notice} {who}", who), OpeningOf("{}"));
        Assert.Equal((who, who), OpeningOf("""{"recording_disclosure":{"mode":"never"}}"""));
        Assert.Equal((notice, null), OpeningOf("""{"disclosure":{"mode":"never"}}"""));
        Assert.Equal((null, null), OpeningOf("""{"disclosure":{"mode":"never"},"recording_disclosure":{"mode":"never"}}"""));

        Assert.Equal($"{who} We are open.", CampaignMessage.Behind(who, "We are open."));
        Assert.Equal("We are open.", CampaignMessage.Behind(null, "We are open."));
        Assert.Equal("", CampaignMessage.Behind(who, ""));
        Assert.Equal(3_000, CampaignMessage.Behind(who, new('x', 3_000)).Length);
    }

    [Fact]
    public void A_tool_is_asked_as_its_definition_says_and_one_that_gets_has_its_arguments_behind_the_URL()
    {
        var tool = new ToolRow
        {
            Name = "find", Definition = new()
            {
                ["url"] = "http://127.0.0.1:9/find", ["method"] = "GET", ["timeout_ms"] = 700,
                ["parameters"] = new JsonObject
                {
                    ["type"] = "object", ["properties"] = new JsonObject { ["what"] = new JsonObject { ["type"] = "string" } },
                },
            },
        };
        var agent = Read(TalkDefinition.Of(Anna with { FirstSpeakerText = "Hello {{name}}." }, [tool], [new("name", "Zoe")]));
        var asked = Assert.IsType<ModelTool.Webhook>(agent.Tools[2]);
        Assert.Equal(("find", "find", "GET", TimeSpan.FromMilliseconds(700)), (asked.Name, asked.Description, asked.Method, asked.Timeout));
        Assert.Equal(["what"], asked.InQuery);
        Assert.Equal("Hello Zoe.", agent.TermsOf(agent.VariablesOf(new Dictionary<string, string>())).Greeting);
    }

    [Fact]
    public void Whoever_the_call_is_handed_on_to_is_shown_the_number_of_the_agency()
    {
        var agent = Read(TalkDefinition.Of(Anna with { Transfers = """[{"name":"sales","phone_number":"+15550300010"}]""" }, [], []));
        var transfer = Assert.IsType<ModelTool.Transfer>(agent.Tools[^1]);
        Assert.Equal(("+15550300010", "{{from}}"), (transfer.Targets["sales"], transfer.From));
        Assert.Equal(5, agent.Tools.Count);
        Assert.Equal(4, Read(TalkDefinition.Of(Anna with { Transfers = "[]" }, [], [])).Tools.Count);
    }

    [Fact]
    public void A_machine_is_hung_up_on_or_left_a_message_that_says_first_who_has_called_and_nobody_asks_where_the_agent_goes_on()
    {
        Assert.Null(Read(TalkDefinition.Of(Anna with { VoicemailPolicy = AgentRow.Continue }, [], [])).Terms.Voicemail);
        var stops = Read(TalkDefinition.Of(Anna, [], [])).Terms.Voicemail!;
        Assert.Equal((VoicemailAction.Stop, null), (stops.Action, stops.ForVerdict));
        var leaves = Anna with { VoicemailPolicy = AgentRow.LeaveMessage, VoicemailMessage = "Call us back, {{name}}." };
        var agent = Read(TalkDefinition.Of(leaves, [], [new("name", "Zoe")], "A machine calls."));
        var terms = agent.TermsOf(agent.VariablesOf(new Dictionary<string, string>())).Voicemail!;
        Assert.Equal((VoicemailAction.LeaveMessage, "A machine calls. Call us back, Zoe."), (terms.Action, terms.Message));
    }

    [Fact]
    public void The_first_words_say_for_whom_it_calls_and_that_it_is_no_person_unless_the_agency_says_otherwise()
    {
        // Case C12.
        string first = Disclosure.Of([], "en-GB", "Uno {{x}} Pizza")!;
        Assert.Equal("This is the automated assistant of Uno x Pizza.", first);
        Assert.Equal("Hier spricht der automatische Assistent von Uno.", Disclosure.Of([], "de", "Uno"));
        Assert.Equal("This is the automated assistant of Uno.", Disclosure.Of([], "tlh", "Uno"));
        Assert.Null(Disclosure.Of(new() { ["disclosure"] = new JsonObject { ["mode"] = "never" } }, "en", "Uno"));
        Assert.Equal("A machine of Uno calls.", Disclosure.Of(
            new() { ["disclosure"] = new JsonObject { ["text"] = "A machine of {{identity}} calls." } }, "de", "Uno"));
        Assert.Equal("Uno $1 calls.", Disclosure.Of(
            new() { ["disclosure"] = new JsonObject { ["text"] = "{{ identity }} calls." } }, "de", "Uno $1"));
        // By the name of the documents, which goes before the older one.
        Assert.Null(Disclosure.Of(new() { ["ai_disclosure"] = new JsonObject { ["mode"] = "never" } }, "en", "Uno"));
        Assert.Equal("Uno calls.", Disclosure.Of(new()
        {
            ["ai_disclosure"] = new JsonObject { ["text"] = "{{identity}} calls." }, ["disclosure"] = new JsonObject { ["mode"] = "never" },
        }, "en", "Uno"));
        var agent = Read(TalkDefinition.Of(Anna with { FirstSpeakerText = "Hello {{name}}." }, [], [new("name", "Zoe")], first));
        Assert.Equal(first + " Hello Zoe.", agent.TermsOf(agent.VariablesOf(new Dictionary<string, string>())).Greeting);
        Assert.Equal(first, Read(TalkDefinition.Of(Anna, [], [], first)).Greeting);
        // Both together are no longer than an agent may greet: who calls is said in any case.
        string longest = Read(TalkDefinition.Of(Anna with { FirstSpeakerText = new('x', 3_000) }, [], [], first)).Greeting!;
        Assert.Equal((3_000, true), (longest.Length, longest.StartsWith(first + " x", StringComparison.Ordinal)));
        foreach (string setting in new[] { "true", """{"mode":"sometimes"}""", """{"text":""}""", """{"words":"x"}""" })
            Assert.NotNull(Disclosure.FaultOf(JsonNode.Parse(setting)!));
        Assert.Null(Disclosure.FaultOf(JsonNode.Parse("""{"mode":"always","text":"Hello."}""")!));
    }

    [Theory]
    [InlineData("Uno {}}{ Pizza")]
    [InlineData("Uno {{}}}{ Pizza")]
    [InlineData("Uno {{{{ }}Pizza")]
    public void Braces_in_the_name_for_which_it_calls_swallow_none_of_its_words(string name)
    {
        string first = Disclosure.Of([], "en", name)!;
        Assert.Equal("This is the automated assistant of Uno  Pizza.", first);
        var agent = Read(TalkDefinition.Of(Anna with { FirstSpeakerText = "Hello {{name}}." }, [], [new("name", "Zoe")], first));
        Assert.Equal(first + " Hello Zoe.", agent.TermsOf(agent.VariablesOf(new Dictionary<string, string>())).Greeting);
    }

    [Fact]
    public void Before_all_else_it_says_that_the_call_may_be_recorded_whoever_called()
    {
        // Case C12.
        Assert.Equal("This call may be recorded.", RecordingNotice.Of([], "en-GB", Texas, Texas));
        Assert.Equal("Dieses Gespräch kann aufgezeichnet werden.", RecordingNotice.Of([], "de", Texas, Texas));
        Assert.Null(NoticeOf("""{"mode":"never"}""", California, California));
        Assert.Equal("We record.", NoticeOf("""{"mode":"always","text":"We record."}""", Texas, Texas));
        var agent = Anna with { FirstSpeakerText = "Hello {{name}}." };
        Assert.Equal("Recorded. A machine. Hello {{name}}.",
            Read(TalkDefinition.Of(agent, [], [], "A machine.", notice: "Recorded.")).Greeting);
        Assert.Equal("Recorded. Hello {{name}}.", Read(TalkDefinition.Of(agent, [], [], null, true, "Recorded.")).Greeting);
        // A model that says the first words goes on saying them, behind it.
        var opens = Read(TalkDefinition.Of(Anna, [], [], null, true, "Recorded."));
        Assert.Equal((null, "Recorded."), (opens.Greeting, opens.Notice));
        foreach (string setting in new[] { "1", """{"mode":"sometimes"}""", """{"states":["CA"]}""" })
            Assert.NotNull(RecordingNotice.FaultOf(JsonNode.Parse(setting)!));
        Assert.Null(RecordingNotice.FaultOf(JsonNode.Parse("""{"mode":"all_party_states","text":"We record."}""")!));
    }

    [Theory]
    [InlineData(Texas, Texas, false)]
    [InlineData(Texas, California, true)]
    [InlineData(California, Texas, true)]
    [InlineData(Texas, "+16135550123", true)]       // Canada
    [InlineData(Texas, "+4930123456", true)]
    [InlineData(Texas, "sip:desk@example.com", true)]
    public void Where_all_must_agree_it_is_said_and_to_whoever_is_not_known_to_be_elsewhere(string from, string to, bool isSaid) =>
        Assert.Equal(isSaid, NoticeOf("""{"mode":"all_party_states"}""", from, to) is not null);

    private const string Texas = "+15125550123", California = "+14155550123";

    private static string? NoticeOf(string setting, string from, string to) =>
        RecordingNotice.Of(new() { [RecordingNotice.Setting] = JsonNode.Parse(setting) }, "en", from, to);

    [Fact]
    public void Too_much_of_a_contact_leaves_the_agent_able_to_talk()
    {
        var many = Enumerable.Range(0, 1_000).Select(n => KeyValuePair.Create($"v{n}", new string('x', 10_000)));
        Assert.Equal(400, Read(TalkDefinition.Of(Anna, [], many)).Variables.Count);
    }

    [Fact]
    public void One_with_a_script_talks_by_its_steps_and_rings_by_his_number_whom_they_name()
    {
        var robo = Scripted("""
            {"start":"a","steps":{"a":{"say":"One moment.","transfer":{"to":"sales","failed":"b"}},
             "b":{"outcome":"escalated","hangup":true}}}
            """) with
        {
            FirstSpeakerText = "Hello {{name}}.",
            VoicemailPolicy = AgentRow.LeaveMessage,
            VoicemailMessage = "Call back, {{name}}.",
        };
        Assert.Null(AgentSteps.FaultOf(robo, FaultOf));
        Assert.False(AgentSteps.TakesKeys(robo));
        var written = TalkDefinition.OfSteps(robo, AgentSteps.Of(robo)!, [new("name", "Zoe")], "A machine calls.");
        var (read, fault) = AgentDefinition.Read(written.ToJsonString());
        Assert.Null(fault);
        var script = Assert.IsType<AgentScript>(read);
        Assert.Equal(("A machine calls. Hello {{name}}.", "Zoe"), (script.Greeting, script.Variables["name"]));
        Assert.Equal(new ScriptTransfer("+15550300010", "{{from}}", "b"), script.Steps["a"].Transfer);
        Assert.Equal("A machine calls. Call back, Zoe.", script.TermsOf(new Dictionary<string, string>()).Voicemail!.Message);
        var called = TalkDefinition.OfSteps(robo, AgentSteps.Of(robo)!, [], isInbound: true);
        Assert.Null(called["steps"]!["a"]!["transfer"]!["from"]);
    }

    [Theory]
    [InlineData("""{"start":"a","steps":{"a":{"hangup":true}},"model":{}}""", "/script/model")]
    [InlineData("""{"start":"a","steps":{"a":{"say":1,"hangup":true}}}""", "/script")]
    [InlineData("""{}""", "/script")]
    [InlineData("""{"start":"a","steps":{"a":{"transfer":{"to":"+15550300010","failed":"a"}}}}""", "/script/steps/a/transfer/to")]
    [InlineData("""{"start":"a","steps":{"a":{"transfer":{"to":"sales","from":"+15550300011","failed":"a"}}}}""",
        "/script/steps/a/transfer/from")]
    [InlineData("""{"start":"a","steps":{"a":{"outcome":"won","hangup":true}}}""", "/script/steps/a/outcome")]
    // Who presses 9 would be asked nothing, and nobody could say that he wants no more calls.
    [InlineData("""{"start":"a","steps":{"a":{"say":"x","ask":{"choices":[{"digits":"1","go":"a"}],"otherwise":"a"}}}}""",
        "/script")]
    public void What_is_wrong_with_a_script_is_said_before_anybody_is_called(string script, string place) =>
        Assert.Equal(place, AgentSteps.FaultOf(Scripted(script), FaultOf)?.Pointer);

    private static string? FaultOf(string json) => AgentDefinition.Read(json).Fault;

    private static AgentRow Scripted(string script) =>
        new() { Name = "Robo", Script = script, Transfers = """[{"name":"Sales","phone_number":"+15550300010"}]""" };

    private static ModelAgent Read(JsonObject definition)
    {
        definition["model"] = new JsonObject { ["base_url"] = "http://127.0.0.1:9/v1", ["name"] = "m" };
        var (agent, fault) = AgentDefinition.Read(definition.ToJsonString());
        Assert.Null(fault);
        return Assert.IsType<ModelAgent>(agent);
    }
}
