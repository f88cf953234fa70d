using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Telnyx.Texml;
using Ringwright.Testing;
using Ringwright.Texml;
using Ringwright.Texml.Callbacks;

namespace Ringwright.Simulation;

public sealed class DocumentsInFairWeather() : DocumentScenarios(Weather.Fair);

public sealed class DocumentsInFoulWeather() : DocumentScenarios(Weather.Foul);

public sealed class DocumentsInAStorm() : DocumentScenarios(Weather.Storm);

/// <summary>
/// Calls that documents command. These are made of any verbs, their server hangs and breaks, callers and callees hang up when they like,
/// and other documents take their place: each call ends once, is told once, and leaves nothing.
/// </summary>
public abstract partial class DocumentScenarios(Weather weather) : Scenario(weather)
{
    private const string Callee = "+493012300002", Second = "+493012300003";

    private static readonly string[] Verbs =
    [
        "<Say>hello</Say>", "<Play>sound</Play>", "<Play loop=\"0\">sound</Play>", "<Pause length=\"1\"/>", "<Dance/>",
        "<Gather numDigits=\"1\" timeout=\"2\" action=\"next\"><Say>press</Say><Pause/></Gather>",
        "<Gather minDigits=\"3\" maxDigits=\"2\" timeout=\"1\"/>",
        "<Record maxLength=\"2\" timeout=\"1\" playBeep=\"false\" action=\"next\"/>",
        $"<Dial timeout=\"5\" timeLimit=\"60\" action=\"next\"><Number statusCallback=\"leg\">{Callee}</Number></Dial>",
        $"<Dial timeout=\"6\" timeLimit=\"60\" record=\"record-from-answer\"><Number url=\"whisper\">{Callee}</Number>"
            + $"<Number>{Second}</Number></Dial>",
        $"<Dial hangupOnStar=\"true\" answerOnBridge=\"true\">{Second}</Dial>",
        $"<Dial timeout=\"5\">{Ours}</Dial>",
        "<Enqueue maxWaitTimeSecs=\"3\" waitUrl=\"wait\" action=\"next\">queue</Enqueue>",
        "<Dial timeout=\"5\"><Queue>queue</Queue></Dial>",
        "<Dial action=\"next\"><Conference endConferenceOnExit=\"true\">room</Conference></Dial>",
        "<Redirect>next</Redirect>", "<Redirect>nowhere</Redirect>", "<Hangup/>", "<Reject/>",
        "<Start><Stream url=\"wss://media.example/\"/></Start>", "<Connect><Stream url=\"wss://media.example/\"/></Connect>",
    ];

    [Theory, Seeds(300)]
    [Failure("documents-bad")]
    public void Whatever_documents_say_and_whoever_hangs_up_each_call_ends_once_and_is_told_once(ulong seed)
    {
        var (world, documents, parts) = Populate(seed);
        documents.Hangs = world.Rng.Chance(0.5) ? 0.1 : 0;
        documents.Breaks = world.Rng.Chance(0.5) ? 0.1 : 0;
        foreach (string page in (string[])["voice", "next", "wait", "whisper"]) documents.Serve(page, Random(world));
        var callers = Enumerable.Range(0, 1 + world.Rng.Next(3)).Select(n => world.Phone($"+4930123100{n:D2}")).ToList();
        foreach (var caller in callers)
        {
            caller.HangsUpAfter = world.Between(0.1, 30);
            caller.GivesUpAfter = world.Between(0.1, 30);
            world.After(world.Between(0, 3), () => caller.Dial(Ours));
            world.After(world.Between(1, 15), () => caller.Press("5*"));
        }
        // Another document at any moment, more than one at once among them.
        for (int i = world.Rng.Next(4); i > 0; i--)
        {
            string text = $"<Response>{Random(world)}</Response>";
            world.After(world.Between(0, 12), () => Replace(world, text));
            if (world.Rng.Chance(0.5)) world.After(world.Between(0, 12), () => Replace(world, text + " "));
        }
        world.After(TimeSpan.FromMinutes(2), () => world.Node.Stop(HangupCause.NodeShutdown));
        AssertDone(world, documents, parts);
    }

    [Theory, Seeds(100)]
    [Failure("documents-bad")]
    public void Killed_at_any_moment_calls_of_documents_end_once(ulong seed)
    {
        var (world, documents, parts) = Populate(seed);
        foreach (string page in (string[])["voice", "next", "wait", "whisper"]) documents.Serve(page, Random(world));
        var caller = world.Phone(Theirs);
        caller.HangsUpAfter = world.Between(5, 60);
        caller.Dial(Ours);
        world.RunFor(world.Between(0, 8));
        world.Crash(TimeSpan.FromSeconds(1));
        world.MayLoseByes = true;
        world.After(TimeSpan.FromMinutes(2), () => world.Node.Stop(HangupCause.NodeShutdown));
        AssertDone(world, documents, parts: null);
    }

    [Theory, Seeds(50)]
    public void What_documents_do_is_a_function_of_the_seed(ulong seed)
    {
        string[] logs = [.. Enumerable.Range(0, 2).Select(_ =>
        {
            var (world, documents, _) = Populate(seed);
            documents.Hangs = documents.Breaks = 0.05;
            foreach (string page in (string[])["voice", "next", "wait", "whisper"]) documents.Serve(page, Random(world));
            var caller = world.Phone(Theirs);
            caller.HangsUpAfter = world.Between(1, 10);
            caller.Dial(Ours);
            world.After(TimeSpan.FromSeconds(2), () => Replace(world, "<Response><Say>other</Say></Response>"));
            world.After(TimeSpan.FromMinutes(2), () => world.Node.Stop(HangupCause.NodeShutdown));
            world.RunUntilQuiet();
            // Ids of what a document asks for are as random as all that are told to customers.
            return Id().Replace(world.Log.ToString(), "id");
        })];
        Assert.Equal(logs[0], logs[1]);
    }

    /// <summary>One to four verbs.</summary>
    private static string Random(SimWorld world) =>
        string.Concat(Enumerable.Range(0, 1 + world.Rng.Next(4)).Select(_ => Verbs[world.Rng.Next(Verbs.Length)]));

    /// <summary>As a change of the call by REST does it: the one that is up longest.</summary>
    private static void Replace(SimWorld world, string text)
    {
        var ended = Told<CallEvent.LegEnded>(world).Select(e => e.Leg.Id).ToHashSet();
        var live = Told<CallEvent.LegInitiated>(world).Select(e => e.Leg).Where(leg => !ended.Contains(leg.Id)).ToList();
        if (live.Count == 0) return;
        var leg = live[world.Rng.Next(live.Count)];
        var labels = Labels.Of((TexmlLabels.Document, DocumentOrder.OfText("1", text).ToString()));
        world.Node.Command(leg.Id, new LegCommand.SetLabels { Labels = labels }, _ => { });
    }

    private (SimWorld World, SimDocuments Documents, TexmlParts Parts) Populate(ulong seed)
    {
        var world = World(seed);
        var documents = new SimDocuments(world, new Rng(seed ^ 0xD0C5));
        var node = new NodeIdentity(1, SimWorld.FirstEpoch, new byte[32]);
        var parts = new TexmlParts
        {
            Routing = world, Node = node, Time = new WorldClock(world), Egress = documents, Records = documents,
            Links = new(node, PublicLinks.Relative), Public = PublicLinks.Relative, Log = NullLogger.Instance
        };
        world.Application = world.Application with
        {
            Kind = ConnectionKind.Document,
            Application = new(ApplicationKind.Document),
            WebhookUrl = SimDocuments.Root + "voice",
            WebhookFailoverUrl = world.Rng.Chance(0.5) ? SimDocuments.Root + "next" : null,
            StatusUrl = SimDocuments.Root + "status"
        };
        world.Program = leg => parts.CreateProgram(leg.Application);
        foreach (string number in (string[])[Callee, Second])
        {
            var callee = world.Phone(number);
            if (world.Rng.Chance(0.8)) callee.AnswersAfter = world.Between(0.1, 3);
            else callee.RefusesWith = 486;
            callee.HangsUpAfter = world.Between(0.5, 20);
        }
        return (world, documents, parts);
    }

    [GeneratedRegex("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|dialled:[0-9a-f]{32}")]
    private static partial Regex Id();

    /// <param name="parts">Null after a crash, whose process has forgotten all.</param>
    private static void AssertDone(SimWorld world, SimDocuments documents, TexmlParts? parts)
    {
        world.AssertNothingLeft();
        Assert.Equal(0, documents.UnderWay);
        if (parts is not null) Assert.Equal(0, parts.Dialled.Count);
        var begun = Told<CallEvent.LegInitiated>(world).Select(e => e.Leg.Id).ToList();
        Assert.Equal(begun.Select(id => $"{id}").Order(), Told<CallEvent.LegEnded>(world).Select(e => $"{e.Leg.Id}").Order());
        // A program that has failed would be one's own fault.
        Assert.DoesNotContain(Told<CallEvent.LegEnded>(world), e => e.Evidence?.Contains("has failed", StringComparison.Ordinal) is true
            || e.Evidence?.Contains("unread", StringComparison.Ordinal) is true);
        if (parts is null) return;
        var projector = new TexmlProjector(parts);
        var told = world.Ledger.Committed
            .SelectMany(e => projector.Project(e, world.Anchor.ToWall(e.At), world.Anchor.ToWall(e.Leg.StartedAt)))
            .Where(m => m.EventType is "texml.completed").Select(m => (string?)JsonNode.Parse(m.Body)!["CallSid"]).ToList();
        Assert.Equal(told.Distinct(), told);
        int inbound = Told<CallEvent.LegInitiated>(world).Count(e => e.Leg.Application.Target.Length == 0);
        Assert.InRange(told.Count, inbound, begun.Count);
    }
}
