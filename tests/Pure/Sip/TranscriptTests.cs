using Ringwright.Sip.Messages;
using Ringwright.Testing;

namespace Ringwright.Pure.Sip;

/// <summary>
/// Whole calls between two layers, byte for byte in tests/golden/sip; <c>./ringwright golden</c> rewrites them, the diff is the review.
/// </summary>
public sealed class TranscriptTests
{
    private readonly SipPair _pair = new();

    private (ScriptedAgent Caller, ScriptedAgent Callee) Agents(params (double After, int Status)[] answers) =>
        (new(_pair, _pair.Caller), new(_pair, _pair.Callee) { Answers = answers });

    private void Quiet(string golden)
    {
        _pair.RunUntil(300);
        Assert.Equal(0, _pair.Caller.Layer.Count);
        Assert.Equal(0, _pair.Callee.Layer.Count);
        Assert.Equal(Ringwright.Core.Instant.Never, _pair.Caller.NextDue);
        Assert.Equal(Ringwright.Core.Instant.Never, _pair.Callee.NextDue);
        Golden.Matches($"sip/{golden}.sip", System.Text.Encoding.UTF8.GetBytes(_pair.Transcript));
    }

    /// <summary>Loses the first <paramref name="times"/> messages that start so.</summary>
    private void Lose(string start, int times) =>
        _pair.Loses = message => message.ToString().StartsWith(start, StringComparison.Ordinal) && times-- > 0;

    [Fact]
    public void An_ordinary_call()
    {
        var (caller, callee) = Agents((0.1, 180), (1, 200));
        caller.Call(_pair.Callee);
        caller.At(5, caller.Hangup);
        Quiet("call");
        Assert.Equal(["180", "Answered"], caller.Log);
        Assert.Equal(["ACK", "BYE"], callee.Log);
    }

    [Fact]
    public void The_called_side_hangs_up()
    {
        var (caller, callee) = Agents((1, 200));
        caller.Call(_pair.Callee);
        callee.At(5, callee.Hangup);
        Quiet("hangup-by-callee");
        Assert.Equal(["Answered", "BYE"], caller.Log);
    }

    [Fact]
    public void A_busy_line()
    {
        var (caller, _) = Agents((0.1, 486));
        caller.Call(_pair.Callee);
        Quiet("busy");
        Assert.Equal(["failed 486"], caller.Log);
    }

    [Fact]
    public void A_caller_who_gives_up()
    {
        var (caller, _) = Agents((0.1, 180));
        caller.Call(_pair.Callee);
        caller.At(3, caller.Cancel);
        Quiet("cancel");
        Assert.Equal(["180", "failed 487"], caller.Log);
    }

    [Fact]
    public void An_answer_that_crosses_the_CANCEL()
    {
        var (caller, callee) = Agents((0.1, 180), (2.995, 200));
        caller.Call(_pair.Callee);
        caller.At(3, caller.Cancel);
        Quiet("cancel-crosses-answer");
        Assert.Equal(["180", "AnsweredTooLate"], caller.Log);
        Assert.Equal(["ACK", "BYE"], callee.Log);
    }

    [Fact]
    public void A_call_on_a_line_that_loses_the_first_of_everything()
    {
        var (caller, callee) = Agents((0.1, 180), (1, 200));
        var seen = new HashSet<string>();
        _pair.Loses = message => seen.Add(message.ToString()[..11]);
        caller.Call(_pair.Callee);
        caller.At(8, caller.Hangup);
        Quiet("lossy");
        Assert.Equal(["180", "Answered"], caller.Log);
        Assert.Contains("BYE", callee.Log);
    }

    [Fact]
    public void Lost_ACKs_are_sent_again_for_each_repeated_answer()
    {
        var (caller, callee) = Agents((1, 200));
        Lose("ACK", 3);
        caller.Call(_pair.Callee);
        caller.At(10, caller.Hangup);
        Quiet("lost-acks");
        Assert.Equal(["Answered"], caller.Log);
        Assert.Equal(["ACK", "BYE"], callee.Log);
    }

    [Fact]
    public void An_answer_that_is_never_acknowledged_ends_in_a_BYE()
    {
        var caller = new ScriptedAgent(_pair, _pair.Caller) { IsWithholdingAck = true };
        var callee = new ScriptedAgent(_pair, _pair.Callee) { Answers = [(1, 200)] };
        caller.Call(_pair.Callee);
        Quiet("no-ack");
        Assert.Equal(["no ACK"], callee.Log);
        Assert.Equal(["Answered", "BYE"], caller.Log);
    }

    [Fact]
    public void A_re_INVITE_from_each_side()
    {
        var (caller, callee) = Agents((1, 200));
        caller.Call(_pair.Callee);
        caller.At(3, caller.Reinvite);
        callee.At(4, callee.Reinvite);
        caller.At(6, caller.Hangup);
        Quiet("reinvite");
        Assert.Equal(["Answered", "Answered", "ACK", "BYE"], [.. caller.Log, "BYE"]);
    }

    [Fact]
    public void Glare_is_resolved_by_waiting()
    {
        var (caller, callee) = Agents((1, 200));
        caller.Call(_pair.Callee);
        caller.At(3, caller.Reinvite);
        callee.At(3, callee.Reinvite);
        caller.At(20, caller.Hangup);
        Quiet("glare");
        Assert.Equal(1, caller.Log.Count(line => line == "failed 491"));
        Assert.Equal(2, caller.Log.Count(line => line == "Answered"));
        Assert.Equal(1, callee.Log.Count(line => line == "Answered"));
    }

    [Fact]
    public void A_trunk_that_asks_for_credentials()
    {
        var caller = new ScriptedAgent(_pair, _pair.Caller) { Credentials = ("user", "secret") };
        _ = new ScriptedAgent(_pair, _pair.Callee)
        {
            Answers = [(1, 200)], Challenge = "Digest realm=\"trunk\", nonce=\"abc\", algorithm=SHA-256, qop=\"auth\""
        };
        caller.Call(_pair.Callee);
        caller.At(5, caller.Hangup);
        Quiet("digest");
        Assert.Equal(["failed 407", "Answered"], caller.Log);
    }

    [Fact]
    public void Nobody_at_home()
    {
        var (caller, _) = Agents();
        _pair.Loses = message => message is SipRequest;
        caller.Call(_pair.Callee);
        Quiet("no-answer");
        Assert.Equal(["timed out"], caller.Log);
    }

    [Theory, InlineData(2749UL), Seeds(100)]
    public void Any_loss_leaves_no_transaction_behind(ulong seed)
    {
        var rng = new Ringwright.Core.Rng(seed);
        double rate = rng.NextDouble() * 0.6;
        _pair.Loses = _ => rng.Chance(rate);
        var (caller, callee) = Agents((0.1, 180), (1 + rng.NextDouble(), rng.Chance(0.8) ? 200 : 486));
        caller.Call(_pair.Callee);
        if (rng.Chance(0.3)) caller.At(0.5 + rng.NextDouble() * 2, caller.Cancel);
        // Seed 2749: every repetition of the final response is lost.
        // A ringing INVITE has no timer of its own (§17.1.1.2): its user gives up.
        caller.At(120, caller.Cancel);
        var who = rng.Chance(0.5) ? caller : callee;
        who.At(60, () => { if (who.Dialog is { State: Ringwright.Sip.Dialogs.DialogState.Confirmed }) who.Hangup(); });
        _pair.RunUntil(300);
        Assert.Equal(0, _pair.Caller.Layer.Count);
        Assert.Equal(0, _pair.Callee.Layer.Count);
        Assert.Equal(Ringwright.Core.Instant.Never, _pair.Caller.NextDue);
        Assert.Equal(Ringwright.Core.Instant.Never, _pair.Callee.NextDue);
    }
}
