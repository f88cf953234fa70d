using Ringwright.Calls;
using Ringwright.Edge.Telnyx;
using Ringwright.Server.Nodes;
using Ringwright.Testing;

namespace Ringwright.Edge.Streams;

/// <summary>What the operator sees of audio that is carried elsewhere.</summary>
public sealed class CarriedAudioTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<LiveAudioNews> _told = [];

    [Fact]
    public void What_goes_on_stands_before_what_has_ended_and_says_why()
    {
        var book = new CarriedAudioBook(_time);
        var (first, second) = (Guid.NewGuid(), Guid.NewGuid());
        var tellFirst = book.Begin(new StreamOrder(first, Samples.Facts(), new("wss://user:secret@example.com/a", TapTracks.Said),
            StreamFormat.Pcmu), _told.Add);
        _time.Advance(TimeSpan.FromSeconds(1));
        book.Begin(new ForkOrder(second, Samples.Facts(), new("192.0.2.1:4000", "192.0.2.1:4000"), StreamFormat.Pcmu), _told.Add);
        Assert.Equal([(second, "fork", "192.0.2.1:4000"), (first, "stream", "wss://example.com/a")],
            book.List().Select(one => (one.Id, one.Kind, one.To)));
        Assert.All(book.List(), one => Assert.Null(one.ConnectedAt ?? one.EndedAt));

        tellFirst(new LiveAudioNews.Connected(new(Guid.NewGuid(), TapTracks.Said, 8_000)));
        Assert.Equal(_time.GetUtcNow(), book.List()[1].ConnectedAt);
        tellFirst(new LiveAudioNews.Ended("the server is gone"));
        Assert.Equal([(second, null), (first, "the server is gone")], book.List().Select(one => (one.Id, one.Failure)));
        // Whoever ordered it hears all of it.
        Assert.Equal([typeof(LiveAudioNews.Connected), typeof(LiveAudioNews.Ended)], _told.Select(news => news.GetType()));

        book.End(second);
        book.End(second, "too late");
        Assert.Equal([(first, "the server is gone"), (second, null)],
            book.List().OrderBy(one => one.StartedAt).Select(one => (one.Id, one.Failure)));
    }

    [Fact]
    public void The_last_that_have_ended_are_kept_and_no_more()
    {
        var book = new CarriedAudioBook(_time);
        Guid[] ids = [.. Enumerable.Range(0, CarriedAudioBook.Kept + 3).Select(_ => Guid.NewGuid())];
        foreach (var id in ids)
        {
            book.Begin(new TranscriptionOrder(id, Samples.Facts(), new("en-US", TapTracks.Said), StreamFormat.Pcmu), _told.Add);
            book.End(id);
        }
        Assert.Equal(Enumerable.Reverse(ids).Take(CarriedAudioBook.Kept), book.List().Select(one => one.Id));
    }
}
