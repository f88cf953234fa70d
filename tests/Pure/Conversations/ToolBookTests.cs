using Ringwright.Conversations;

namespace Ringwright.Pure.Conversations;

public sealed class ToolBookTests
{
    [Fact]
    public void Of_two_transfers_of_one_round_the_first_is_made()
    {
        var book = new ToolBook();
        foreach (string id in (string[])["one", "two"]) book.Add(new(id, ToolCall.Transfer, "{}"));
        Assert.Equal("one", book.Start(isSpeechOver: true)?.Id);
        Assert.Null(book.Start(isSpeechOver: true));
        Assert.Equal([("one", ""), ("two", "Not done: somebody is rung already.")], book.Results);

        // Nobody answered: the next round may try the other.
        book.Resolve("one", "Not done: nobody answered.");
        book.NextRound();
        book.Add(new("three", ToolCall.Transfer, "{}"));
        Assert.Equal("three", book.Start(isSpeechOver: true)?.Id);
    }
}
