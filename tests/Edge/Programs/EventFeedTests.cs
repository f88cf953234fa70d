using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Store;
using Ringwright.Edge.Store.Subjects;
using Ringwright.Programs;

namespace Ringwright.Edge.Programs;

public sealed class EventFeedTests
{
    private static readonly TenantId One = new(Guid.NewGuid()), Other = new(Guid.NewGuid());

    private readonly EventFeed _feed = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static async Task<List<string>> DrainAsync(FeedReader reader)
    {
        List<string> names = [];
        while (await reader.ReadAsync(Stop) is { } happened) names.Add(happened.GetType().Name);
        return names;
    }

    [Fact]
    public async Task A_leg_is_told_to_its_end_and_an_account_beyond_it()
    {
        Script mine = new(One, 1), others = new(Other, 2);
        using var ofLeg = _feed.Subscribe(Subject.Of(mine.Facts.Id), 10);
        using var ofTenant = _feed.Subscribe(One, 10);
        foreach (var happened in new[] { mine.Initiated(), others.Initiated(), mine.Answered(), others.Ended(), mine.Ended() })
            _feed.Publish(happened);
        _feed.Publish(new CallEvent.RecordingFailed(Guid.NewGuid(), "late") { Leg = mine.Facts, At = Script.At(9) });

        Assert.Equal(["LegInitiated", "LegAnswered", "LegEnded"], await DrainAsync(ofLeg));
        ofTenant.Dispose();
        Assert.Equal(["LegInitiated", "LegAnswered", "LegEnded", "RecordingFailed"], await DrainAsync(ofTenant));
        Assert.Equal(0, _feed.Count);
    }

    [Fact]
    public async Task A_room_is_told_like_a_leg_and_not_as_the_leg_of_its_number()
    {
        var leg = new Script(One);
        var room = new RoomScript(One, leg.Facts.Id.Value);
        List<Subject> begun = [];
        _feed.Begun = first => begun.Add(first.Subject);
        using var ofRoom = _feed.Subscribe(room.Subject, 10);
        using var ofLeg = _feed.Subscribe(Subject.Of(leg.Facts.Id), 10);
        foreach (var happened in new SubjectEvent[]
        {
            leg.Initiated(), room.Opened(), room.Entered("ann"), room.Closed(), room.Transcribed(), leg.Ended()
        }) _feed.Publish(happened);
        Assert.Equal(["Opened", "Entered", "Closed"], await DrainAsync(ofRoom));
        Assert.Equal(["LegInitiated", "LegEnded"], await DrainAsync(ofLeg));
        Assert.Equal([Subject.Of(leg.Facts.Id), room.Subject], begun);
        Assert.Equal(0, _feed.Count);
    }

    [Fact]
    public async Task A_reader_that_follows_another_leg_hears_it_to_its_end_and_ends_with_its_own()
    {
        Script mine = new(One, 1), child = new(One, 2);
        using var reader = _feed.Subscribe(Subject.Of(mine.Facts.Id), 10);
        for (int twice = 0; twice < 2; twice++) _feed.Follow(reader, child.Facts.Id);
        foreach (var happened in new[] { mine.Initiated(), child.Initiated(), child.Ended(), mine.Answered(), mine.Ended() })
            _feed.Publish(happened);

        Assert.Equal(["LegInitiated", "LegInitiated", "LegEnded", "LegAnswered", "LegEnded"], await DrainAsync(reader));
        Assert.Equal(0, _feed.Count);
        // Who has left follows nobody any more.
        _feed.Follow(reader, child.Facts.Id);
        Assert.Equal(0, _feed.Count);
    }

    [Fact]
    public async Task Who_hears_a_conference_and_its_own_leg_is_told_once_that_it_joins()
    {
        var leg = new Script(One);
        var conference = new Conferring(leg, 50, "board");
        using var reader = _feed.Subscribe(Subject.Of(leg.Facts.Id), 10);
        var joined = conference.Joined(leg, 3, new());
        _feed.Follow(reader, joined.Subject);
        foreach (var happened in new SubjectEvent[] { joined, conference.Ended(4), leg.Ended() }) _feed.Publish(happened);

        Assert.Equal(["ParticipantJoined", "ConferenceEnded", "LegEnded"], await DrainAsync(reader));
    }

    [Fact]
    public async Task A_slow_reader_loses_his_feed_and_nobody_else_anything()
    {
        var script = new Script(One);
        using var slow = _feed.Subscribe(One, 3);
        using var quick = _feed.Subscribe(One, 10);
        FeedEnd? told = null;
        slow.Closed = why => told = why;
        for (int i = 0; i < 3; i++) _feed.Publish(script.Digit('1'));
        Assert.Null(told);
        _feed.Publish(script.Digit('2'));
        Assert.Equal(FeedEnd.Overrun, told);
        _feed.Publish(script.Digit('3'));

        // What was kept is still to be had; then he hears what has become of the rest.
        for (int i = 0; i < 3; i++) Assert.IsType<CallEvent.DigitReceived>(await slow.ReadAsync(Stop));
        await Assert.ThrowsAsync<FeedOverrunException>(async () => await slow.ReadAsync(Stop));
        Assert.Equal(1, _feed.Count);
        quick.Dispose();
        Assert.Equal(5, (await DrainAsync(quick)).Count);
    }

    [Fact]
    public async Task Who_waits_is_woken_and_who_leaves_is_told_no_more()
    {
        var script = new Script(One);
        var reader = _feed.Subscribe(Subject.Of(script.Facts.Id), 10);
        var waiting = reader.ReadAsync(Stop).AsTask();
        Assert.False(waiting.IsCompleted);
        _feed.Publish(script.Initiated());
        Assert.IsType<CallEvent.LegInitiated>(await waiting);
        reader.Dispose();
        _feed.Publish(script.Answered());
        Assert.Null(await reader.ReadAsync(Stop));
    }

    [Fact]
    public async Task Who_wants_to_hear_no_more_is_only_told_the_end()
    {
        var script = new Script(One);
        using var reader = _feed.Subscribe(Subject.Of(script.Facts.Id), 2);
        _feed.Publish(script.Initiated());
        reader.Mute();
        for (int i = 0; i < 10; i++) _feed.Publish(script.Digit('1'));
        Assert.IsType<CallEvent.LegInitiated>(await reader.ReadAsync(Stop));
        var waiting = reader.ReadAsync(Stop).AsTask();
        Assert.False(waiting.IsCompleted);
        _feed.Publish(script.Ended());
        Assert.Null(await waiting);
    }

    [Fact]
    public async Task Who_subscribes_when_a_leg_begins_misses_nothing_of_it()
    {
        FeedReader? reader = null;
        _feed.Begun = begun => reader = _feed.Subscribe(begun.Subject, 10);
        _feed.Publish(new Script(One).Initiated());
        reader!.Dispose();
        Assert.IsType<CallEvent.LegInitiated>(await reader.ReadAsync(Stop));
    }

    [Fact]
    public async Task Many_may_come_and_go_while_it_is_published()
    {
        const int legs = 200, events = 50;
        bool isOver = false;
        var publishing = Task.Run(() =>
        {
            for (uint leg = 1; leg <= legs; leg++)
                for (int i = 0; i < events; i++) _feed.Publish(new Script(One, leg).Digit('1'));
            Volatile.Write(ref isOver, true);
        }, Stop);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(n => Task.Run(() =>
        {
            for (uint i = 0; !Volatile.Read(ref isOver); i++)
            {
                using var ofLeg = _feed.Subscribe(Subject.Of(new Script(One, i % legs + 1).Facts.Id), 2);
                using var ofTenant = _feed.Subscribe(One, 2);
            }
        }, Stop)).Append(publishing));
        Assert.Equal(0, _feed.Count);
    }
}
