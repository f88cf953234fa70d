using Ringwright.Core;
using Ringwright.Sip.Messages;

namespace Ringwright.Sip.Transactions;

/// <summary>Answers to requests that get no transaction (RFC 3261 §8.2.7): the same request gets the same answer.</summary>
internal sealed class StatelessAnswers(SipTokens tokens, Queue<TransactionOutput> outputs)
{
    public void Respond(SipRequest request, SipFlow from, int status, int? retryAfterSeconds = null)
    {
        var response = new SipResponseBuilder(Tag(request), status);
        if (retryAfterSeconds is { } seconds) response.Add(SipHeader.RetryAfter, $"{seconds}");
        Send(request, from, response.BuildBytes());
    }

    public void Respond(SipRequest request, SipFlow from, int status, SipHeader header, IReadOnlyList<string> values)
    {
        var response = new SipResponseBuilder(Tag(request), status);
        foreach (string value in values) response.Add(header, value);
        Send(request, from, response.BuildBytes());
    }

    /// <param name="status">What is wrong with the request.</param>
    public void Refuse(SipRequest request, SipFlow from, ParseStatus status) =>
        Send(request, from,
            new SipResponseBuilder(Tag(request), ParseFaults.StatusOf(status, request), ParseFaults.ReasonOf(status)).BuildBytes());

    /// <summary>Where the answers to a request go, with a transaction or without (RFC 3261 §18.2.2, RFC 3581 §4).</summary>
    public static SipFlow FlowTo(SipRequest request, SipFlow from) =>
        from.IsInside || from.Peer is null ? from
            : new(from.Transport, request.ResponseTarget(from)) { Id = from.Id, Network = from.Network };

    private void Send(SipRequest request, SipFlow from, byte[] response) =>
        outputs.Enqueue(new TransactionOutput.Transmit(response, FlowTo(request, from)) { IsStateless = true });

    private SipRequest Tag(SipRequest request)
    {
        if (request.LocalTag.Length == 0) request.LocalTag = tokens.StatelessTag(request.TopVia.Branch, request.CallId);
        return request;
    }
}
