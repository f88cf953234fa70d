using System.Text.Json.Nodes;
using Ringwright.Agency.Tables;
using Ringwright.Agency.Talking;
using Ringwright.Conversations;
using Ringwright.Conversations.Models;

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
        Assert.Equal(["hangup", "mark_do_not_call", "schedule_callback"], agent.Tools.Select(tool => tool.Name));
        Assert.IsType<ModelTool.OptOut>(agent.Tools[1]);
        Assert.Null(agent.Greeting);        // the model says the first words
        Assert.Equal("Be kind to {{name}}.", agent.Instructions);
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
        Assert.Equal(4, agent.Tools.Count);
        Assert.Equal(3, Read(TalkDefinition.Of(Anna with { Transfers = "[]" }, [], [])).Tools.Count);
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

    [Fact]
    public void Too_much_of_a_contact_leaves_the_agent_able_to_talk()
    {
        var many = Enumerable.Range(0, 1_000).Select(n => KeyValuePair.Create($"v{n}", new string('x', 10_000)));
        Assert.Equal(400, Read(TalkDefinition.Of(Anna, [], many)).Variables.Count);
    }

    private static ModelAgent Read(JsonObject definition)
    {
        definition["model"] = new JsonObject { ["base_url"] = "http://127.0.0.1:9/v1", ["name"] = "m" };
        var (agent, fault) = AgentDefinition.Read(definition.ToJsonString());
        Assert.Null(fault);
        return Assert.IsType<ModelAgent>(agent);
    }
}
