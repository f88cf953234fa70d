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

    [Fact]
    public void A_call_that_was_begun_says_how_long_it_took()
    {
        var book = new ToolBook();
        foreach (string id in (string[])["one", "two", "three"]) book.Add(new(id, "price", "{}"));
        for (int second = 1; second <= 2; second++) Assert.NotNull(book.Start(isSpeechOver: true, new(second * 1_000_000_000L)));
        book.Resolve("one", "ten euros", new(4_000_000_000L));
        book.ResolveAll("the caller interrupted.");
        Assert.Equal((TimeSpan.FromSeconds(3), null, null), (book.TookOf("one"), book.TookOf("two"), book.TookOf("three")));
    }
}
