using Ringwright.Core;
using Ringwright.Sip.Auth;
using Ringwright.Sip.Dialogs;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Transactions;

namespace Ringwright.Pure.Sip;

/// <summary>One user agent with one call, driven as the layer's comments say: the shortest example of how.</summary>
internal sealed class ScriptedAgent
{
    private readonly SipPair _pair;
    private readonly SipPair.End _end;
    private readonly UserAgentPolicy _policy = new();
    private readonly SortedDictionary<long, Action<Instant>> _later = [];
    private OutgoingInvite? _outgoing;
    private IncomingInvite? _incoming;
    private DigestClient? _digest;
    private SipFlow _to;

    public ScriptedAgent(SipPair pair, SipPair.End end)
    {
        (_pair, _end) = (pair, end);
        end.Told = Told;
        end.Due = Due;
        end.Waits = () => Instant.Min(_incoming?.NextDue ?? Instant.Never, _later.Count == 0 ? Instant.Never : new(_later.First().Key));
    }

    /// <summary>What happens to an INVITE: (after seconds, status).</summary>
    public (double After, int Status)[] Answers { get; init; } = [(0.1, 180), (1, 200)];
    /// <summary>Asks for credentials once.</summary>
    public string? Challenge { get; init; }
    public (string User, string Password)? Credentials { get; init; }
    public bool IsWithholdingAck { get; init; }

    public Dialog? Dialog { get; private set; }
    public List<string> Log { get; } = [];

    private string Contact => $"<sip:{_end.Address}>";

    public void Call(SipPair.End callee)
    {
        _to = SipFlow.Udp(callee.Address);
        _digest = Credentials is { } known ? new(known.User, known.Password, _end.Layer.Tokens.Rng) : null;
        var invite = new SipRequestBuilder(SipMethod.Invite, $"sip:+15550100001@{callee.Address}")
            .Add(SipHeader.From, $"<sip:+15550100000@{_end.Address.Address}>;tag={_end.Layer.Tokens.Tag()}")
            .Add(SipHeader.To, $"<sip:+15550100001@{callee.Address}>")
            .Add(SipHeader.CallId, _end.Layer.Tokens.CallId())
            .Add(SipHeader.CSeq, "1 INVITE")
            .Add(SipHeader.Contact, Contact)
            .Build();
        _outgoing = new(_end.Layer, invite, _to, _pair.Now);
    }

    public void Cancel() => _outgoing?.Cancel(_pair.Now);

    public void Reinvite() => _outgoing = new(_end.Layer, Open.CreateRequest(SipMethod.Invite).Build(), Path, _pair.Now, Open);

    public void Hangup()
    {
        _incoming?.Stop();
        Open.End();
        _end.Layer.SendRequest(Open.CreateRequest(SipMethod.Bye).Build(), Path, _pair.Now);
    }

    public void At(double seconds, Action act) => Later(new((long)(seconds * 1e9)), _ => act());

    private Dialog Open => Dialog ?? throw new InvalidOperationException("no dialog");
    private SipFlow Path => Open.TryGetNextHop(_to, out var hop) ? hop : _to;

    private void Later(Instant at, Action<Instant> act)
    {
        while (_later.ContainsKey(at.Nanos)) at = new(at.Nanos + 1);
        _later.Add(at.Nanos, act);
    }

    private void Due(Instant now)
    {
        while (_later.Count > 0 && _later.First().Key <= now.Nanos)
        {
            var (at, act) = _later.First();
            _later.Remove(at);
            act(now);
        }
        if (_incoming is { } incoming && incoming.NextDue <= now && incoming.HandleDue(now) is not MissingAck.None)
        {
            Log.Add("no ACK");
            Hangup();
        }
    }

    private void Told(TransactionOutput output, Instant now)
    {
        if (output is TransactionOutput.RequestReceived received) Requested(received, now);
        else if (output is TransactionOutput.AckReceived ack && _incoming?.HandleAck(ack.Request) == true) Log.Add("ACK");
        else if (output is TransactionOutput.CancelReceived) _incoming?.HandleCancel(now);
        else if (output is TransactionOutput.TimedOut timedOut && timedOut.Transaction == _outgoing?.Transaction) Abandoned("timed out");
        else if (output is TransactionOutput.ResponseReceived answer && _outgoing is { } outgoing
                && answer.Transaction == outgoing.Transaction)
            Heard(outgoing.Handle(answer.Response, answer.From, now), now);
    }

    private void Abandoned(string why)
    {
        _outgoing?.Abandon();
        Log.Add(why);
    }

    private void Heard(InviteNews news, Instant now)
    {
        if (news is InviteNews.Nothing) return;
        Log.Add(news switch
        {
            InviteNews.Progress progress => $"{progress.Response.Status}",
            InviteNews.Failed failed => $"failed {failed.Response.Status}",
            _ => news.GetType().Name,
        });
        if (news is InviteNews.Answered answered)
        {
            Dialog = answered.Dialog;
            if (!IsWithholdingAck) _outgoing?.Acknowledge();
        }
        else if (news is InviteNews.Failed { Response.Status: 491 }) Later(now + Open.GlareDelay(_end.Layer.Tokens.Rng), _ => Reinvite());
        else if (news is InviteNews.Failed { Response.Status: 401 or 407 } failed && _outgoing is { } outgoing
            && _digest?.Learn(failed.Response, outgoing.Request) is DigestOutcome.TryAgain)
        {
            var again = SipRequestBuilder.Again(outgoing.Request, outgoing.Request.CSeq.Number + 1);
            _digest.Authorize(again, "INVITE", outgoing.Request.RequestUri.AsText());
            _outgoing = new(_end.Layer, again.Build(), _to, now);
        }
    }

    private void Requested(TransactionOutput.RequestReceived received, Instant now)
    {
        var request = received.Request;
        if (_policy.Check(request) is { } refusal) _end.Layer.Respond(received.Transaction, refusal.Build(), now);
        else if (!request.IsOutsideDialog) Inside(received, now);
        else if (request.Method is SipMethod.Options) _end.Layer.Respond(received.Transaction, _policy.Describe(request).Build(), now);
        else if (request.Method is not SipMethod.Invite) _end.Layer.Respond(received.Transaction, 481, now);
        else if (Challenge is not null && !request.Has(SipHeader.ProxyAuthorization))
            _end.Layer.Respond(received.Transaction,
                new SipResponseBuilder(request, 407).Add(SipHeader.ProxyAuthenticate, Challenge).Build(), now);
        else
        {
            _to = received.From;
            _incoming = IncomingInvite.Of(_end.Layer, received, Contact) ?? throw new InvalidOperationException("no Contact");
            Dialog = _incoming.Dialog;
            foreach (var (after, status) in Answers)
            {
                var invite = _incoming;
                Later(now + TimeSpan.FromSeconds(after), at => invite.Send(invite.Response(status).Build(), at));
            }
        }
    }

    private void Inside(TransactionOutput.RequestReceived received, Instant now)
    {
        var request = received.Request;
        if (Dialog is not { } dialog || dialog.Id != DialogId.Of(request)) _end.Layer.Respond(received.Transaction, 481, now);
        else if (dialog.Receive(request) is var verdict && verdict is not DialogVerdict.Ok)
            _end.Layer.Respond(received.Transaction, Dialog.Refuse(request, verdict, _end.Layer.Tokens.Rng).Build(), now);
        else if (request.Method is SipMethod.Invite)
        {
            _incoming = IncomingInvite.Of(_end.Layer, received, Contact, dialog);
            _incoming?.Send(_incoming.Response(200).Build(), now);
        }
        else
        {
            if (request.Method is SipMethod.Bye)
            {
                Log.Add("BYE");
                _incoming?.Stop();
                dialog.End();
            }
            _end.Layer.Respond(received.Transaction, 200, now);
        }
    }
}
