using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Programs;
using Ringwright.Testing;

namespace Ringwright.Simulation;

public sealed class ProgramsInFairWeather() : ProgramScenarios(Weather.Fair);

public sealed class ProgramsInFoulWeather() : ProgramScenarios(Weather.Foul);

public sealed class ProgramsInAStorm() : ProgramScenarios(Weather.Storm);

/// <summary>
/// Calls that a program inside the node commands: it works, waits, is wrong, or dies, and its leg comes to a defined end.
/// </summary>
public abstract class ProgramScenarios(Weather weather) : Scenario(weather)
{
    private static readonly Application Scripted = new(ApplicationKind.Script, "scenario");

    [Theory, Seeds(200)]
    public void The_echo_line_answers_and_lasts_until_its_caller_hangs_up(ulong seed)
    {
        var (world, caller) = Populate(seed, Application.Echo);
        caller.OffersLate = world.Rng.Chance(0.3);
        caller.HangsUpAfter = world.Between(0.2, 3);
        caller.Dial(Ours);
        world.AssertNothingLeft();
        if (world.IsExcused) return;
        Assert.Equal(HangupCause.RemoteHangup, Ended(world).Cause);
        if (!IsFair && caller.OffersLate) return;       // an offer that comes with a lost ACK may come too late
        Assert.Single(Told<CallEvent.LegAnswered>(world));
        Assert.True(caller.Call?.Media.PacketsHeard > 0);
    }

    [Theory, Seeds(200)]
    [Failure("program-failed")]
    public void One_that_fails_at_any_moment_ends_its_call(ulong seed)
    {
        var (world, caller) = Populate(seed, Scripted);
        int steps = world.Rng.Next(5);
        world.Program = _ => new Program(async call =>
        {
            for (int step = 0; ; step++)
            {
                if (step == steps) throw new InvalidOperationException("a bug of the program");
                if (step == 0) await call.WaitAsync(TimeSpan.FromMilliseconds(200));
                else if (step == 1) await call.SendAsync(new LegCommand.Answer());
                else if (step == 2) await call.NextAsync<CallEvent.LegAnswered>();
                else await call.WaitAsync(TimeSpan.FromSeconds(1));
            }
        });
        caller.Dial(Ours);
        world.AssertNothingLeft();
        if (world.IsExcused) return;
        Assert.Equal((HangupCause.Internal, HangupParty.Local), (Ended(world).Cause, Ended(world).By));
        Assert.Equal("The program that commanded the call has failed: InvalidOperationException.", Ended(world).Evidence);
    }

    [Theory, Seeds(50)]
    [Failure("program-failed")]
    public void One_that_never_says_a_word_costs_its_caller_ten_seconds(ulong seed)
    {
        var (world, caller) = Populate(seed, Scripted);
        world.Program = _ => new Program(async call =>
        {
            await call.SitOutAsync();
            return null;
        });
        caller.Dial(Ours);
        world.AssertNothingLeft();
        if (world.IsExcused) return;
        Assert.Equal((HangupCause.FirstCommandTimeout, "first_command"), (Ended(world).Cause, Ended(world).Timer));
        Assert.InRange(Ended(world).At - Told<CallEvent.LegInitiated>(world).Single().At, TimeSpan.FromSeconds(10),
            TimeSpan.FromSeconds(10.1));
    }

    [Theory, Seeds(50)]
    [Failure("program-failed")]
    public void One_that_is_nowhere_to_be_found_is_said_so(ulong seed)
    {
        var (world, caller) = Populate(seed, Scripted);
        world.Program = _ => world.Rng.Chance(0.5) ? null : throw new InvalidOperationException("the directory is broken");
        caller.Dial(Ours);
        world.AssertNothingLeft();
        if (world.IsExcused) return;
        Assert.Equal((HangupCause.Internal, "There is no program to command the call."), (Ended(world).Cause, Ended(world).Evidence));
    }

    [Theory, Seeds(50)]
    [Failure("program-failed")]
    public void One_that_does_not_read_what_happens_loses_its_call_and_nobody_elses(ulong seed)
    {
        var (world, caller) = Populate(seed, Scripted);
        var other = world.Phone("+493012300002");
        world.Program = leg => leg.From != Theirs ? BuiltInProgram : new Program(async call =>
        {
            await call.SendAsync(new LegCommand.Answer());
            for (int i = 0; ; i++)
            {
                await call.SendAsync(new LegCommand.SetLabels { Labels = Labels.Of(("n", $"{i}")) });
                await call.WaitAsync(TimeSpan.FromMilliseconds(5));
            }
        });
        caller.Dial(Ours);
        other.Dial(Ours);
        world.RunUntil(() => Told<CallEvent.LegEnded>(world).Any(e => e.Leg.From == Theirs));
        world.RunUntil(() => other.IsEstablished);
        other.Hangup();
        world.AssertNothingLeft();
        if (world.IsExcused) return;
        var ended = Told<CallEvent.LegEnded>(world).Single(e => e.Leg.From == Theirs);
        Assert.Equal((HangupCause.Internal, "The program that commanded the call has left 256 events unread."),
            (ended.Cause, ended.Evidence));
    }

    [Theory, Seeds(100)]
    public void One_may_hand_the_leg_on_and_has_it_no_longer(ulong seed)
    {
        var (world, caller) = Populate(seed, Scripted);
        IProgramCall? kept = null;
        Exception? refused = null;
        string? label = null;
        var second = new Program(async call =>
        {
            label = call.Leg.Labels["by"];
            refused = await Record.ExceptionAsync(async () => await kept!.SendAsync(new LegCommand.Hangup()));
            if (await call.NextAsync<CallEvent.LegAnswered>() is not null) await call.WaitAsync(TimeSpan.FromSeconds(2));
            return null;
        });
        world.Program = _ => new Program(async call =>
        {
            kept = call;
            await call.SendAsync(new LegCommand.SetLabels { Labels = Labels.Of(("by", "the first")) });
            await call.NextAsync<CallEvent.LabelsChanged>();
            await call.SendAsync(new LegCommand.Answer());
            return second;
        });
        caller.Dial(Ours);
        world.AssertNothingLeft();
        if (world.IsExcused) return;
        Assert.IsType<ObjectDisposedException>(refused);
        Assert.Equal("the first", label);
        Assert.Equal((HangupCause.ApiHangup, "The program that commanded the call has ended."),
            (Ended(world).Cause, Ended(world).Evidence));
        Assert.InRange(Ended(world).At - Told<CallEvent.LegAnswered>(world).Single().At, TimeSpan.FromSeconds(2),
            TimeSpan.FromSeconds(2.5));
    }

    [Theory, Seeds(100)]
    public void One_hears_each_event_of_its_leg_once_and_in_order(ulong seed)
    {
        var (world, caller) = Populate(seed, Scripted);
        caller.HangsUpAfter = world.Between(0.5, 3);
        List<CallEvent> heard = [];
        world.Program = _ => new Program(async call =>
        {
            var rng = new Rng(seed);
            await call.SendAsync(new LegCommand.Answer());
            while (await call.NextAsync() is { } happened)
            {
                heard.Add(happened);
                if (happened is CallEvent.LegAnswered) await call.SendAsync(new LegCommand.Gather { MaximumDigits = 2 });
                if (happened is CallEvent.LegAnswered or CallEvent.DigitReceived && rng.Chance(0.5))
                    await call.WaitAsync(TimeSpan.FromMilliseconds(rng.Next(400)));
            }
            return null;
        });
        caller.Dial(Ours);
        world.RunUntil(() => caller.IsEstablished || caller.IsIdle);
        if (caller.IsEstablished) caller.Press("12");
        world.AssertNothingLeft();
        var told = world.Ledger.Committed.Where(e => e.Stage is not LifeStage.Whenever);
        // Whoever waits when the leg ends is woken by that and reads no more.
        Assert.Equal(told.Take(heard.Count), heard);
        if (world.IsExcused) return;
        Assert.IsType<CallEvent.LegInitiated>(heard[0]);
    }

    [Theory, Seeds(100)]
    public void One_places_a_call_that_another_commands(ulong seed)
    {
        var (world, caller) = Populate(seed, Scripted);
        var callee = world.Phone("+493012300002");
        callee.AnswersAfter = TimeSpan.FromSeconds(1);
        callee.HangsUpAfter = TimeSpan.FromSeconds(2);
        world.Program = leg => leg.Application.Kind is ApplicationKind.Echo ? BuiltInProgram : new Program(async call =>
        {
            var dialled = await call.DialAsync(new()
            {
                Tenant = default, Connection = call.Leg.Connection, From = Ours,
                To = callee.Number, Application = Application.Echo, Headers = [new(LegWatch.CallHeader, world.NameCall())]
            });
            Assert.True(dialled.Ack.IsAccepted, dialled.Detail);
            await call.SendAsync(new LegCommand.Reject(IsBusy: true));
            await call.SitOutAsync();
            return null;
        });
        caller.Dial(Ours);
        world.AssertNothingLeft();
        if (world.IsExcused) return;
        var ends = Told<CallEvent.LegEnded>(world).ToArray();
        Assert.Equal(HangupCause.ApiRejectBusy, Assert.Single(ends, e => e.Leg.Direction is Direction.Inbound).Cause);
        Assert.Equal(HangupCause.RemoteHangup, Assert.Single(ends, e => e.Leg.Direction is Direction.Outbound).Cause);
        Assert.All(ends, e => Assert.Equal(SimWorld.Tenant, e.Leg.Tenant));
    }

    [Theory, Seeds(100)]
    public void After_a_crash_its_leg_is_ended_and_it_does_not_come_back(ulong seed)
    {
        var (world, caller) = Populate(seed, Scripted);
        int starts = 0;
        world.Program = _ =>
        {
            starts++;
            return BuiltInProgram;
        };
        caller.Dial(Ours);
        world.RunFor(world.Between(0, 2));
        int before = starts;
        world.Crash(TimeSpan.FromSeconds(1));
        world.After(TimeSpan.FromSeconds(30), caller.Hangup);
        world.RunUntilQuiet();
        Assert.Equal((0, 0), world.Programs.Count);
        // An INVITE that is repeated after the crash is a call of its own.
        if (world.IsExcused || before == 0 || Told<CallEvent.LegInitiated>(world).Count() != 1) return;
        Assert.Equal(before, starts);
        Assert.Equal(HangupCause.NodeRestart, Ended(world).Cause);
    }

    [Theory, Seeds(50)]
    public void What_programs_do_is_a_function_of_the_seed(ulong seed)
    {
        string[] logs = [.. Enumerable.Range(0, 2).Select(_ =>
        {
            var (world, caller) = Populate(seed, Scripted);
            caller.HangsUpAfter = world.Between(1, 3);
            world.Program = _ => new Program(async call =>
            {
                await Task.WhenAll(call.SendAsync(new LegCommand.Answer()).AsTask(), call.WaitAsync(world.Between(0, 0.5)));
                while (await call.NextAsync() is not CallEvent.LegEnded) await call.WaitAsync(world.Between(0, 0.5));
                return null;
            });
            caller.Dial(Ours);
            world.RunUntilQuiet();
            return world.Log.ToString();
        })];
        Assert.Equal(logs[0], logs[1]);
    }

    private static ICallProgram BuiltInProgram => BuiltInPrograms.Create(Application.Echo, new SimMailboxes())!;

    private (SimWorld World, SimPhone Caller) Populate(ulong seed, Application application)
    {
        var world = World(seed);
        world.Application = world.Application with { Application = application };
        return (world, world.Phone(Theirs));
    }

    private sealed class Program(Func<IProgramCall, Task<ICallProgram?>> run) : ICallProgram
    {
        public async ValueTask<ICallProgram?> RunAsync(IProgramCall call) => await run(call);
    }
}
