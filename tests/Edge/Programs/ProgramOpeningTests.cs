using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Store;
using Ringwright.Programs;
using Ringwright.Testing;

namespace Ringwright.Edge.Programs;

/// <summary>Programs that are done by the command that they open with: nothing is woken for those.</summary>
public sealed class ProgramOpeningTests : ICallControl
{
    private readonly EventFeed _feed = new();
    private readonly Steps _steps = new();
    private readonly ConcurrentQueue<LegCommand> _commands = new();
    private readonly Script _script = new(new(Guid.NewGuid()), 1, Direction.Inbound);
    private Action<Ack>? _told;

    public ProgramOpeningTests() => _script.Facts = _script.Facts with { Application = Application.Echo };

    [Fact]
    public async Task A_call_to_the_echo_line_wakes_no_thread_for_its_program()
    {
        await using var host = Echoing();
        _feed.Publish(_script.Initiated());
        Assert.Equal(1, host.Count);
        Answer(Ack.Accepted);
        _feed.Publish(_script.Answered());
        _feed.Publish(_script.Ended());
        Assert.Equal((0, 0, 0), (host.Count, _feed.Count, _steps.Count));
        Assert.True(Assert.IsType<LegCommand.Answer>(Assert.Single(_commands)).Echoes);
    }

    [Fact]
    public async Task It_runs_where_the_leg_refuses_and_has_heard_all_from_its_beginning()
    {
        await using var host = Echoing();
        _feed.Publish(_script.Initiated());
        _feed.Publish(_script.Answered());
        Answer(Refusal.WrongDirection);
        await Eventually.TrueAsync(() => _commands.Count == 2, "it sends back what it hears");
        Assert.True(Assert.IsType<LegCommand.Echo>(_commands.Last()).IsOn);
        _feed.Publish(_script.Ended());
        await Eventually.TrueAsync(() => host.Count == 0, "the program ends with its leg");
        Assert.Equal(0, _feed.Count);
    }

    [Theory, InlineData(Refusal.None), InlineData(Refusal.AlreadyEnded)]
    public async Task It_is_over_with_its_leg_whatever_the_answer_will_be(Refusal late)
    {
        await using var host = Echoing();
        _feed.Publish(_script.Initiated());
        _feed.Publish(_script.Ended());
        Assert.Equal((0, 0), (host.Count, _feed.Count));
        Answer(late);
        Assert.Equal((0, 0), (host.Count, _steps.Count));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_host_that_stops_waits_for_no_answer_and_leaves_the_leg(bool isAnswered)
    {
        var host = Echoing();
        _feed.Publish(_script.Initiated());
        if (isAnswered) Answer(Ack.Accepted);
        await host.DisposeAsync();
        Assert.Equal((0, 0, 0), (host.Count, _feed.Count, _steps.Count));
        Assert.Single(_commands);
    }

    public ValueTask<Ack> SendAsync(Subject to, SubjectCommand command, CancellationToken stop)
    {
        _commands.Enqueue((LegCommand)command);
        return new(Ack.Accepted);
    }

    public bool TrySend(LegId leg, LegCommand command, Action<Ack> told)
    {
        _commands.Enqueue(command);
        _told = told;
        return true;
    }

    public ValueTask<Dialled> DialAsync(DialRequest request, CancellationToken stop) => throw new NotSupportedException();

    private void Answer(Ack answer)
    {
        Assert.NotNull(_told);
        _told(answer);
    }

    private ProgramHost Echoing()
    {
        var host = new ProgramHost(_feed, this, _ => BuiltInPrograms.Create(Application.Echo, null!), new FakeTimeProvider(),
            NullLogger.Instance, _steps);
        host.Start();
        return host;
    }

    /// <summary>Counts what a thread is woken for.</summary>
    private sealed class Steps : TaskScheduler
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        protected override void QueueTask(Task task)
        {
            Interlocked.Increment(ref _count);
            ThreadPool.QueueUserWorkItem(_ => TryExecuteTask(task));
        }

        protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

        protected override IEnumerable<Task> GetScheduledTasks() => [];
    }
}
