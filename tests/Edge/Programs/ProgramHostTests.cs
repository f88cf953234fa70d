using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Store;
using Ringwright.Programs;
using Ringwright.Testing;

namespace Ringwright.Edge.Programs;

/// <summary>The host on real threads; what programs do with calls is in the simulator.</summary>
public sealed class ProgramHostTests : ICallControl
{
    private readonly EventFeed _feed = new();
    private readonly FakeTimeProvider _clock = new();
    private readonly ConcurrentQueue<(LegId Leg, LegCommand Command)> _commands = new();
    private readonly ConcurrentQueue<Refusal> _refusals = new();
    private readonly Script _script = Scripted();
    private Func<DialRequest, ValueTask<Dialled>> _dial = static _ => throw new NotSupportedException();

    private static Script Scripted(uint counter = 1)
    {
        var script = new Script(new(Guid.NewGuid()), counter, Direction.Inbound);
        script.Facts = script.Facts with { Application = new(ApplicationKind.Script, "test") };
        return script;
    }

    private ProgramHost Host(Func<IProgramCall, Task> run)
    {
        var host = new ProgramHost(_feed, this, _ => new Program(run), _clock, NullLogger.Instance);
        host.Start();
        return host;
    }

    [Fact]
    public async Task Publishing_waits_for_no_program()
    {
        using var gate = new ManualResetEventSlim();
        await using var host = Host(_ =>
        {
            gate.Wait(TestContext.Current.CancellationToken);       // holds its thread, which it must not
            return Task.CompletedTask;
        });
        _feed.Publish(_script.Initiated());
        _feed.Publish(_script.Ended());
        Assert.Equal(1, host.Count);
        gate.Set();
        await Eventually.TrueAsync(() => host.Count == 0, "the program ends");
        Assert.Empty(_commands);
    }

    [Fact]
    public async Task The_end_of_the_leg_wakes_a_program_that_waits()
    {
        await using var host = Host(call => call.WaitAsync(TimeSpan.FromHours(1)));
        _feed.Publish(_script.Initiated());
        await Eventually.TrueAsync(() => _clock.TimerCount == 1, "it waits");
        _feed.Publish(_script.Ended());
        await Eventually.TrueAsync(() => host.Count == 0 && _clock.TimerCount == 0, "the program ends and its timer is gone");
        Assert.Empty(_commands);
    }

    [Fact]
    public async Task A_program_that_never_ends_is_not_waited_for()
    {
        var host = Host(_ => new TaskCompletionSource().Task);
        _feed.Publish(_script.Initiated());
        var disposing = host.DisposeAsync().AsTask();
        await Eventually.TrueAsync(() => _clock.TimerCount == 1 || disposing.IsCompleted, "it is waited for");
        Assert.False(disposing.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(3));
        await disposing;
        Assert.Equal(1, host.Count);
    }

    [Fact]
    public async Task A_host_that_stops_tells_its_programs_and_leaves_their_legs()
    {
        var host = Host(call => call.SitOutAsync().AsTask());
        _feed.Publish(_script.Initiated());
        await host.DisposeAsync();
        Assert.Equal((0, 0), (host.Count, _feed.Count));
        Assert.Empty(_commands);
        _feed.Publish(Scripted(2).Initiated());
        Assert.Equal(0, host.Count);
    }

    [Fact]
    public async Task What_waits_beside_who_sits_a_call_out_is_told_of_its_end_before_he_goes_on()
    {
        bool isTold = false;
        await using var host = Host(async call =>
        {
            var beside = call.WaitAsync(TimeSpan.FromHours(1));
            await call.SitOutAsync();
            isTold = call.Stop.IsCancellationRequested && beside.IsCompleted;
        });
        _feed.Publish(_script.Initiated());
        await Eventually.TrueAsync(() => _clock.TimerCount == 1, "it waits");
        _feed.Publish(_script.Ended());
        await Eventually.TrueAsync(() => host.Count == 0, "the program ends");
        Assert.True(isTold);
        Assert.Empty(_commands);
    }

    [Fact]
    public async Task A_hang_up_that_finds_no_room_is_sent_again()
    {
        _refusals.Enqueue(Refusal.Overloaded);
        _refusals.Enqueue(Refusal.Overloaded);
        await using var host = Host(_ => throw new InvalidOperationException("a bug of the program"));
        _feed.Publish(_script.Initiated());
        for (int i = 1; i <= 2; i++)
        {
            await Eventually.TrueAsync(() => _commands.Count == i && _clock.TimerCount == 1, "it waits to try again");
            _clock.Advance(TimeSpan.FromSeconds(1));
        }
        await Eventually.TrueAsync(() => host.Count == 0, "it has been hung up");
        Assert.Equal(3, _commands.Count);
        Assert.All(_commands, c => Assert.Equal(HangupCause.Internal, Assert.IsType<LegCommand.Hangup>(c.Command).Cause));
    }

    [Fact]
    public async Task A_program_reads_what_it_has_said_before_it_says_much_more()
    {
        const int notes = 400, inTheAir = ProgramHost.MostUnread / 4;
        await using var host = Host(async call =>
        {
            var reading = Task.Run(async () => { while (await call.NextAnyAsync() is not null) { } });
            for (int i = 0; i < notes; i++) await call.SendAsync(new LegCommand.Note(NoteKind.Step, "said"));
            await reading;
        });
        _feed.Publish(_script.Initiated());
        // A commit tells at once all that was said since the one before.
        for (int told = 0; told < notes;)
        {
            await Eventually.TrueAsync(() => _commands.Count == Math.Min(told + inTheAir, notes), "as much is said as there is room for");
            for (int said = _commands.Count; told < said; told++)
                _feed.Publish(new CallEvent.Noted(NoteKind.Step, "said") { Leg = _script.Facts, At = Script.At(3) });
        }
        _feed.Publish(_script.Ended());
        await Eventually.TrueAsync(() => host.Count == 0, "the program ends with its leg");
        Assert.All(_commands, said => Assert.IsType<LegCommand.Note>(said.Command));
    }

    [Theory, InlineData(false, AgentEnd.Stopped), InlineData(true, AgentEnd.NodeFailure)]
    public async Task A_guest_hears_the_leg_from_its_start_on_and_ends_without_it(bool fails, string reason)
    {
        var leg = new Script(new(Guid.NewGuid()));
        var terms = new AgentTerms(Guid.NewGuid());
        var heard = new ConcurrentQueue<CallEvent?>();
        await using var host = new ProgramHost(_feed, this, _ => throw new InvalidOperationException("nobody asked for it"), _clock,
            NullLogger.Instance)
        {
            FindGuest = started => started.Terms == terms ? new Program(async call =>
            {
                heard.Enqueue(await call.NextAsync());
                heard.Enqueue(await call.NextAsync());
                if (fails) throw new InvalidOperationException("a bug of the guest");
            }) : null,
        };
        host.Start();
        _feed.Publish(leg.Initiated());
        Assert.Equal(0, host.Count);
        _feed.Publish(new CallEvent.AgentStarted(terms) { Leg = leg.Facts, At = Script.At(3) });
        _feed.Publish(new CallEvent.DigitReceived('5', 100) { Leg = leg.Facts, At = Script.At(4) });
        await Eventually.TrueAsync(() => host.Count == 0, "the guest is gone");
        Assert.IsType<CallEvent.AgentStarted>(heard.First());
        Assert.IsType<CallEvent.DigitReceived>(heard.Last());
        var end = Assert.IsType<LegCommand.StopAgent>(Assert.Single(_commands).Command);
        Assert.Equal((terms.Conversation, reason), (end.Conversation, end.Reason));
    }

    [Fact]
    public async Task A_leg_of_its_company_that_is_placed_when_the_program_has_gone_is_hung_up_all_the_same()
    {
        var child = Scripted(2);
        var asked = new TaskCompletionSource<DialRequest>();
        var answer = new TaskCompletionSource<Dialled>();
        _dial = request =>
        {
            asked.SetResult(request);
            return new(answer.Task);
        };
        await using var host = Host(async call => await call.Company!.DialAsync(new()
        {
            Tenant = default, Connection = default, From = "+15550100001", To = "+15550100002",
        }));
        _feed.Publish(_script.Initiated());
        var request = await asked.Task;
        Assert.Equal(_script.Facts.Tenant, request.Tenant);
        _feed.Publish(_script.Ended());
        request.Placing!(child.Facts);
        answer.SetResult(Dialled.Accepted(child.Facts));

        await Eventually.TrueAsync(() => host.Count == 0, "the program is gone");
        await Eventually.TrueAsync(() => !_commands.IsEmpty, "the leg is hung up");
        Assert.All(_commands, sent => Assert.Equal((child.Facts.Id, typeof(LegCommand.Hangup)), (sent.Leg, sent.Command.GetType())));
        Assert.Equal(0, _feed.Count);
    }

    [Fact]
    public async Task The_echo_line_says_all_it_wants_by_one_command_and_sits_its_call_out()
    {
        await using var host = Echoing();
        _feed.Publish(_script.Initiated());
        Assert.Single(_commands);       // while its first event was published
        _feed.Publish(_script.Answered());
        _feed.Publish(_script.Ended());
        await Eventually.TrueAsync(() => host.Count == 0, "the program ends with its leg");
        Assert.True(Assert.IsType<LegCommand.Answer>(Assert.Single(_commands).Command).Echoes);
    }

    [Fact]
    public async Task On_a_leg_that_was_dialled_the_echo_line_begins_when_the_far_end_has_answered()
    {
        _refusals.Enqueue(Refusal.WrongDirection);
        await using var host = Echoing();
        _feed.Publish(_script.Initiated());
        await Eventually.TrueAsync(() => _commands.Count == 1, "it cannot answer");
        _feed.Publish(_script.Answered());
        await Eventually.TrueAsync(() => _commands.Count == 2, "it sends back what it hears");
        _feed.Publish(_script.Ended());
        await Eventually.TrueAsync(() => host.Count == 0, "the program ends with its leg");
        Assert.True(Assert.IsType<LegCommand.Echo>(_commands.Last().Command).IsOn);
    }

    private ProgramHost Echoing()
    {
        var host = new ProgramHost(_feed, this, _ => BuiltInPrograms.Create(Application.Echo, null!), _clock, NullLogger.Instance);
        host.Start();
        return host;
    }

    [Fact]
    public async Task A_leg_without_a_program_is_left_alone()
    {
        await using var host = Host(_ => throw new InvalidOperationException("nobody asked for it"));
        _feed.Publish(new Script(new(Guid.NewGuid())).Initiated());
        Assert.Equal((0, 0), (host.Count, _feed.Count));
    }

    public ValueTask<Ack> SendAsync(Subject to, SubjectCommand command, CancellationToken stop)
    {
        _commands.Enqueue((new(to.Value), (LegCommand)command));
        return new(_refusals.TryDequeue(out var refusal) ? new Ack(refusal) : Ack.Accepted);
    }

    public ValueTask<Dialled> DialAsync(DialRequest request, CancellationToken stop) => _dial(request);

    private sealed class Program(Func<IProgramCall, Task> run) : ICallProgram
    {
        public async ValueTask<ICallProgram?> RunAsync(IProgramCall call)
        {
            await run(call);
            return null;
        }
    }
}
