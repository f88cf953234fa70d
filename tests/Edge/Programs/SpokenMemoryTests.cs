using Ringwright.Conversations;
using Ringwright.Programs.Agents.Spoken;

namespace Ringwright.Edge.Programs;

/// <summary>What a model is told that comes after another one.</summary>
public sealed class SpokenMemoryTests
{
    private readonly SpokenMemory _memory = new(MessageRole.System);

    [Fact]
    public void What_tools_have_done_is_told_in_words_so_that_it_is_not_done_twice()
    {
        Assert.True(_memory.IsEmpty);
        _memory.Add(new(MessageRole.User, "A large one.", new(1)));
        _memory.Add(new(MessageRole.Assistant, "", new(2)) { Calls = [new("c1", "order", "{\"size\":\"large\"}")] });
        _memory.Add(new(MessageRole.Tool, "ordered", new(3)) { CallId = "c1" });
        Assert.Equal(
            ["User A large one.", "System (You have had order done, with {\"size\":\"large\"}.)", "System (What came of it: ordered)"],
            _memory.Recent.Select(message => $"{message.Role} {message.Text}"));
        Assert.True(_memory.IsOpen);
        _memory.Add(new(MessageRole.Assistant, "It is ordered.", new(4)));
        Assert.False(_memory.IsOpen);
        _memory.Add(new(MessageRole.Assistant, "It comes", new(5)) { IsInterrupted = true });
        Assert.True(_memory.IsOpen);
    }

    [Fact]
    public void The_oldest_is_left_out_where_it_is_too_much()
    {
        for (int i = 0; i < 10; i++) _memory.Add(new(MessageRole.User, $"{i}{new string('a', 9_999)}", new(i)));
        Assert.Equal(["6", "7", "8", "9"], _memory.Recent.Select(message => message.Text[..1]));
    }
}
