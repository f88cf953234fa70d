using System.Text.Json.Nodes;
using Ringwright.Texml.Documents;
using Ringwright.Texml.Verbs;

namespace Ringwright.Edge.Texml;

/// <summary><c>AIGather</c> as the vendor's documents write it, and as ours do.</summary>
public sealed class GatherDocumentTests
{
    private const string Expected = """
        {
          "greeting": "How old are you?", "voice": "Polly.Joanna", "parameters": {"type": "object"},
          "message_history": [{"role": "assistant", "content": "Hello, what is your name?"}, {"role": "user", "content": "I am Ada."}],
          "assistant": {"instructions": "Be brief.", "model": "some/model", "tools": [{"type": "hangup", "hangup": {}}]}
        }
        """;

    [Theory]
    [InlineData("""
        <Voice name="Polly.Joanna"/>
        <MessageHistory>
          <Message role="assistant">Hello, what is your name?</Message>
          <Message role="user">I am Ada.</Message>
        </MessageHistory>
        <Assistant instructions="Be brief." model="some/model">
          <Tools><Tool><![CDATA[{"type": "hangup", "hangup": {}}]]></Tool></Tools>
        </Assistant>
        """)]
    [InlineData("""
        <Voice>Polly.Joanna</Voice>
        <MessageHistory>
          [{"role": "assistant", "content": "Hello, what is your name?"}, {"role": "user", "content": "I am Ada."}]
        </MessageHistory>
        <Tools>[{"type": "hangup", "hangup": {}}]</Tools>
        <Assistant instructions="Be brief." model="some/model"/>
        """)]
    public void Both_forms_say_the_same(string said)
    {
        var (command, fault) = AssistantVerbs.CommandOf(Read($$"""
            <Greeting>How old are you?</Greeting>
            <Parameters><![CDATA[{"type": "object"}]]></Parameters>
            {{said}}
            """));
        Assert.Null(fault);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Expected), command), command.ToJsonString());
    }

    [Theory]
    [InlineData("<Parameters>[]</Parameters>", "Parameters is no JSON object")]
    [InlineData("<MessageHistory>hello</MessageHistory>", "MessageHistory is no JSON list")]
    [InlineData("<Tools><Tool>hangup</Tool></Tools>", "Tools is no JSON list")]
    public void What_is_not_what_it_is_to_be_is_named(string said, string fault) =>
        Assert.Equal(fault, AssistantVerbs.CommandOf(Read(said)).Fault);

    private static TexmlElement Read(string said) => TexmlReader.Read($"<Response><AIGather>{said}</AIGather></Response>").Children[0];
}
