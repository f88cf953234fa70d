using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Programs;

namespace Ringwright.Simulation;

/// <summary>The programs of one start of the node: hosted as in the product, but run in the world's one thread and by its clock.</summary>
internal sealed class SimPrograms : ICallControl
{
    private readonly SimWorld _world;
    private readonly SimNode _node;
    private readonly EventFeed _feed = new();
    private readonly ProgramHost _host;

    public SimPrograms(SimWorld world, SimNode node)
    {
        (_world, _node) = (world, node);
        _host = new(_feed, this, leg => world.Program(leg), new WorldClock(world), NullLogger.Instance, world.Turns);
        _host.Start();
    }

    /// <summary>Programs at work, and readers of the feed.</summary>
    public (int Programs, int Readers) Count => (_host.Count, _feed.Count);

    public void Publish(SubjectEvent happened) => _feed.Publish(happened);

    /// <summary>Killed with its process: nothing that they do comes to anything.</summary>
    public void Die() => _host.Stop();

    public ValueTask<Ack> SendAsync(Subject to, SubjectCommand command, CancellationToken stop)
    {
        var done = new TaskCompletionSource<Ack>();
        _world.Log.Add(_world.Now, "program", $"{command.GetType().Name} to {to}");
        if (to.Kind is SubjectKind.Conference) _node.Command(new ConferenceId(to.Value), (ConferenceCommand)command, done.SetResult);
        else _node.Command(new LegId(to.Value), (LegCommand)command, done.SetResult);
        return new(done.Task);       // who waits goes on in a turn of his own
    }

    public bool TrySend(LegId leg, LegCommand command, Action<Ack> told)
    {
        _world.Log.Add(_world.Now, "program", $"{command.GetType().Name} to {Subject.Of(leg)}");
        _node.Command(leg, command, told);
        return true;
    }

    public ValueTask<Dialled> DialAsync(DialRequest request, CancellationToken stop)
    {
        var done = new TaskCompletionSource<Dialled>();
        _node.Dial(Named(request) with { Also = [.. request.Also.Select(Named)] }, done.SetResult);
        return new(done.Task);       // who waits goes on in a turn of his own
    }

    /// <summary>The wire and the events of one call are matched by it.</summary>
    private DialRequest Named(DialRequest request) => request.Headers.Any(header => header.Name == LegWatch.CallHeader) ? request
        : request with { Headers = [.. request.Headers, new(LegWatch.CallHeader, _world.NameCall())] };
}
