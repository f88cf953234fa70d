using Ringwright.Conversations.Models;
using Ringwright.Programs.Agents.Spoken;

namespace Ringwright.Edge.Programs;

/// <summary>How many tools a model that speaks may have carried out.</summary>
public sealed class SpokenToolsTests
{
    private readonly List<string> _ran = [], _results = [];
    private readonly SpokenTools _tools;

    public SpokenToolsTests() => _tools = new(
        new ModelAgent { Instructions = "", Model = new() { BaseUrl = "https://a.example", Name = "m" } },
        call => _ran.Add(call.Id), (_, result, _) => _results.Add(result), _ => { }, () => default);

    private void Call(string id)
    {
        _tools.Begin(new(id, "price", "{}"));
        _tools.Done(id, "ten");
    }

    [Fact]
    public void Calls_are_bounded_until_the_caller_has_a_turn_again_and_each_has_one_result()
    {
        for (int i = 0; i <= 40; i++) Call($"a{i}");
        Assert.Equal(40, _ran.Count);
        Assert.Equal(41, _results.Count);
        Assert.Equal("Not done: there are at most 40 calls until the caller says something.", _results[^1]);
        _tools.OnTurn();
        Call("b");
        Assert.Equal(("b", "ten"), (_ran[^1], _results[^1]));
        Assert.False(_tools.IsRunning);
    }
}
