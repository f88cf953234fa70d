using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Store;
using Ringwright.Telefonie.Calling;
using Ringwright.Telefonie.Conferring;
using Ringwright.Testing;

namespace Ringwright.Edge.Telefonie;

/// <summary>Who rings for a conference while that ends.</summary>
public sealed class CalledParticipantsTests : ICallControl
{
    private readonly TenantId _tenant = new(Guid.NewGuid());
    private readonly Guid _room = Guid.NewGuid();
    private readonly ConcurrentQueue<LegId> _ended = new();

    [Theory, InlineData(true), InlineData(false)]
    public async Task Who_is_called_for_what_ends_is_let_go_also_where_his_call_begins_a_moment_later(bool isFirst)
    {
        var (called, his) = (new CalledParticipants(NullLogger.Instance) { Calls = this }, For(_room, 1));
        if (isFirst) Tell(called, his.Initiated());
        Tell(called, Over(_room));
        if (!isFirst) Tell(called, his.Initiated());
        await Eventually.TrueAsync(() => !_ended.IsEmpty, "he is called no longer");
        Assert.Equal(his.Facts.Id, Assert.Single(_ended));
    }

    [Fact]
    public async Task Who_is_called_for_another_one_or_has_answered_stays()
    {
        var called = new CalledParticipants(NullLogger.Instance) { Calls = this };
        var (other, up, rings) = (For(Guid.NewGuid(), 1), For(_room, 2), For(_room, 3));
        Tell(called, other.Initiated());
        Tell(called, up.Initiated());
        Tell(called, up.Answered());
        Tell(called, Over(_room));
        Tell(called, rings.Initiated());
        await Eventually.TrueAsync(() => !_ended.IsEmpty, "the last one is let go");
        Assert.Equal(rings.Facts.Id, Assert.Single(_ended));
    }

    public ValueTask<Dialled> DialAsync(DialRequest request, CancellationToken stop) => throw new NotSupportedException();

    public ValueTask<Ack> SendAsync(Subject to, SubjectCommand command, CancellationToken stop)
    {
        Assert.IsType<LegCommand.Hangup>(command);
        _ended.Enqueue(new(to.Value));
        return new(Ack.Accepted);
    }

    private static void Tell(CalledParticipants called, SubjectEvent happened) =>
        called.Project(happened, Script.Anchor.Wall, Script.Anchor.Wall);

    private Script For(Guid room, uint counter)
    {
        var script = new Script(_tenant, counter);
        script.Facts = script.Facts with { Labels = Labels.Of((TelefonieLabels.Conference, room.ToString())) };
        return script;
    }

    private ConferenceEvent.ConferenceEnded Over(Guid room) => new(default, null)
    {
        Conference = new(default, room, _tenant, "room", Script.At(1), ConferenceParty.Of(new Script(_tenant).Facts)), At = Script.At(2),
    };
}
