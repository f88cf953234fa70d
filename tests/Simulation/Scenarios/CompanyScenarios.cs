using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Testing;

namespace Ringwright.Simulation;

public sealed class CompanyInFairWeather() : CompanyScenarios(Weather.Fair);

public sealed class CompanyInFoulWeather() : CompanyScenarios(Weather.Foul);

public sealed class CompanyInAStorm() : CompanyScenarios(Weather.Storm);

/// <summary>Programs that hear and command more than their own leg: no leg is left by its program, and no program by its legs.</summary>
public abstract class CompanyScenarios(Weather weather) : Scenario(weather)
{
    private const string Callee = "+493012300002";

    private static readonly Application Scripted = new(ApplicationKind.Script, "three ways");

    [Theory, Seeds(200)]
    public void One_dials_joins_a_conference_and_waits_in_a_queue_and_hears_each_of_them(ulong seed)
    {
        var (world, caller, callee) = Populate(seed);
        var program = Run(world);
        callee.AnswersAfter = world.Between(0.1, 2);
        caller.Dial(Ours);
        world.AssertNothingLeft();
        if (!IsFair) return;

        Assert.Equal((HangupCause.ApiHangup, "The program that commanded the call has ended."),
            Told<CallEvent.LegEnded>(world).Where(e => e.Leg.Direction is Direction.Inbound).Select(e => (e.Cause, e.Evidence)).Single());
        var child = Told<CallEvent.LegInitiated>(world).Single(e => e.Leg.Direction is Direction.Outbound).Leg.Id;
        // From its first event to its last, each once.
        Assert.Equal(world.Ledger.Committed.Where(e => e.Leg.Id == child && e.Stage is not LifeStage.Whenever),
            program.Heard.OfType<CallEvent>().Where(e => e.Leg.Id == child));
        Assert.Contains(program.Heard, happened => happened is CallEvent.LabelsChanged changed && changed.Leg.Id == child);
        Assert.Single(program.Heard.OfType<ConferenceEvent.ParticipantJoined>());
        Assert.Single(program.Heard.OfType<ConferenceEvent.ParticipantChanged>());
        Assert.Single(program.Heard.OfType<ConferenceEvent.ParticipantLeft>());
        Assert.Single(program.Heard.OfType<ConferenceEvent.ConferenceEnded>());
        Assert.Equal(QueueEnd.Empty, Assert.Single(program.Heard.OfType<QueueEvent.QueueEnded>()).Why);
        Assert.Single(world.Ledger.Committed.OfType<CallEvent.LegDequeued>());
    }

    [Theory, Seeds(200)]
    public void Whoever_hangs_up_whenever_nothing_is_left_behind(ulong seed)
    {
        var (world, caller, callee) = Populate(seed);
        Run(world);
        if (world.Rng.Chance(0.8)) callee.AnswersAfter = world.Between(0.1, 2);
        if (world.Rng.Chance(0.3)) callee.HangsUpAfter = world.Between(0, 1);
        caller.Dial(Ours);
        world.After(world.Between(0, 6), caller.Hangup);
        world.AssertNothingLeft();
        EndsOnce(world);
    }

    [Theory, Seeds(200)]
    public void Killed_at_any_moment_each_leg_conference_and_queue_ends_once(ulong seed)
    {
        var (world, caller, callee) = Populate(seed);
        Run(world);
        world.MayLoseByes = true;
        callee.AnswersAfter = world.Between(0.1, 2);
        caller.GivesUpAfter = TimeSpan.FromSeconds(20);
        caller.Dial(Ours);
        world.RunFor(world.Between(0, 6));
        world.Crash(world.Between(0.1, 2));
        world.RunFor(TimeSpan.FromSeconds(40));
        caller.Hangup();
        callee.Hangup();
        world.AssertNothingLeft();
        EndsOnce(world);
        Assert.All(world.Ledger.Queues.GroupBy(e => e.Queue.Id), queue => Assert.Equal(2, queue.Count()));
    }

    /// <summary>The other leg is joined with nothing, so that only its program ends it.</summary>
    [Theory, Seeds(200)]
    [Failure("program-failed")]
    public void What_a_program_dials_for_itself_ends_with_it_however_it_goes(ulong seed)
    {
        var (world, caller, callee) = Populate(seed);
        var (way, rest) = (world.Rng.Next(4), world.Between(0, 2));
        callee.AnswersAfter = world.Between(0.1, 2);
        world.Program = _ => new Program(async call =>
        {
            await call.SendAsync(new LegCommand.Answer());
            await call.Company!.DialAsync(new()
            {
                Tenant = default, Connection = call.Leg.Connection, From = Ours, To = Callee
            });
            await call.WaitAsync(rest);
            if (way == 0) throw new InvalidOperationException("a bug of the program");
            if (way == 1) return;
            // It hangs on to something that never comes.
            if (way == 2) await new TaskCompletionSource().Task.WaitAsync(call.Stop);
            await call.SitOutAsync();
        });
        caller.Dial(Ours);
        world.After(world.Between(0, 4), caller.Hangup);
        world.AssertNothingLeft();
        EndsOnce(world);
        if (!IsFair) return;
        var answered = Told<CallEvent.LegAnswered>(world).Select(e => e.Leg.Id).ToHashSet();
        foreach (var ended in Told<CallEvent.LegEnded>(world))
            if (ended.Leg.Direction is Direction.Outbound && answered.Contains(ended.Leg.Id))
                Assert.Equal((HangupCause.ApiHangup, "The program that placed the call has ended."), (ended.Cause, ended.Evidence));
    }

    private static void EndsOnce(SimWorld world)
    {
        foreach (var leg in Told<CallEvent.LegInitiated>(world))
            Assert.Single(Told<CallEvent.LegEnded>(world), e => e.Leg.Id == leg.Leg.Id);
    }

    private (SimWorld World, SimPhone Caller, SimPhone Callee) Populate(ulong seed)
    {
        var world = World(seed);
        world.Application = world.Application with { Application = Scripted };
        return (world, world.Phone(Theirs), world.Phone(Callee));
    }

    /// <summary>The program of the last call that came in.</summary>
    private static ThreeWays Run(SimWorld world)
    {
        var program = Make();
        bool isTaken = false;
        world.Program = _ =>
        {
            if (isTaken) return Make();     // after a crash an INVITE that is repeated is a call of its own
            isTaken = true;
            return program;
        };
        return program;

        ThreeWays Make() => new(Callee, () => TimeUuid.Create(world.Anchor.ToWall(world.Now), world.Rng.Next()));
    }

    private sealed class Program(Func<IProgramCall, Task> run) : ICallProgram
    {
        public async ValueTask<ICallProgram?> RunAsync(IProgramCall call)
        {
            await run(call);
            return null;
        }
    }
}
