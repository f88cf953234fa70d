using System.Text.Json.Nodes;
using Ringwright.Agency.Providers;

namespace Ringwright.Edge.Agency;

/// <summary>What a provider says of its agents.</summary>
public sealed class ProviderAgentTests
{
    [Fact]
    public void An_agent_that_says_little_is_as_a_new_one_is()
    {
        var agent = ProviderAgent.Read(JsonNode.Parse("""{"agentId":"a-1","name":null,"callTemplate":null}""")!.AsObject());
        Assert.Equal(("a-1", "a-1", null, null, "en", 40L, 3600L, false), (agent.ProviderId, agent.Name, agent.SystemPrompt, agent.Voice,
            agent.LanguageHint, agent.Temperature, agent.MaxDurationSeconds, agent.IsManaged));
    }

    [Theory]
    [InlineData("""{"name":"Anna"}""", "agentId is no text")]
    [InlineData("""{"agentId":7}""", "agentId is no text")]
    [InlineData("""{"agentId":"a","name":["Anna"]}""", "name is no text")]
    [InlineData("""{"agentId":"a","callTemplate":{"systemPrompt":"a\u0000b"}}""", "systemPrompt has a NUL")]
    [InlineData("""{"agentId":"a","callTemplate":{"temperature":"0.4"}}""", "temperature is no number from 0 to 1")]
    [InlineData("""{"agentId":"a","callTemplate":{"maxDuration":"3600"}}""", "maxDuration is no time to 86400s")]
    [InlineData("""{"agentId":"a","callTemplate":{"maxDuration":"86401s"}}""", "maxDuration is no time to 86400s")]
    [InlineData("""{"agentId":"a","callTemplate":{"languageHint":"somebody else's"}}""", "languageHint has more than 10 letters")]
    public void What_it_cannot_be_is_told_by_its_name(string json, string why) =>
        Assert.Equal(why, Assert.Throws<FormatException>(() => ProviderAgent.Read(JsonNode.Parse(json)!.AsObject())).Message);

    [Fact]
    public void A_time_that_is_no_whole_number_of_seconds_is_rounded_up()
    {
        var agent = ProviderAgent.Read(JsonNode.Parse("""{"agentId":"a","callTemplate":{"maxDuration":"89.5s","temperature":1}}""")!
            .AsObject());
        Assert.Equal((90L, 100L), (agent.MaxDurationSeconds, agent.Temperature));
    }

    [Fact]
    public void A_locale_is_its_language()
    {
        var agent = ProviderAgent.Read(JsonNode.Parse("""{"agentId":"a","callTemplate":{"languageHint":"pt_BR"}}""")!.AsObject());
        Assert.Equal("pt-BR", agent.LanguageHint);
    }
}
