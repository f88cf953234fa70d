using System.Text;
using Ringwright.Sip.Messages;

namespace Ringwright.Sip.Transactions;

/// <summary>How messages find their transaction (RFC 3261 §17.1.3, §17.2.3).</summary>
internal static class TransactionKeys
{
    public static string Client(ReadOnlySpan<byte> branch, ReadOnlySpan<byte> method) => $"{method.AsLatin()} {branch.AsLatin()}";

    public static string Server(SipRequest request, ReadOnlySpan<byte> method)
    {
        var via = request.TopVia;
        string host = via.Host.AsLatin().ToLowerInvariant();
        if (via.HasMagicBranch) return $"{method.AsLatin()} {via.Branch.AsLatin()} {host}:{via.Port ?? 5060}";
        // RFC 2543 peers. The To tag is left out: an ACK carries the one of our response, the INVITE did not.
        return new StringBuilder("2543 ").Append(method.AsLatin()).Append(' ').Append(request.RequestUri.AsLatin())
            .Append(' ').Append(request.From.Tag.AsLatin()).Append(' ').Append(request.CallId.AsLatin())
            .Append(' ').Append(request.CSeq.Number).Append(' ').Append(host).Append(':').Append(via.Port ?? 5060)
            .Append(' ').Append(via.Branch.AsLatin()).ToString();
    }

    public static string? Merge(SipRequest request) =>
        request.IsOutsideDialog && !request.From.Tag.IsEmpty ? Merge(request, request.MethodName) : null;

    /// <summary>
    /// That of the request with this method that a CANCEL is for. A proxy that forks a call to two users of ours sends one request to each:
    /// it has come by two ways only where it is for the same user, for each of them is a user agent (RFC 3261 §8.2.2.2).
    /// </summary>
    public static string Merge(SipRequest request, ReadOnlySpan<byte> method)
    {
        var uri = request.ParseRequestUri();
        var called = uri.User.IsEmpty ? request.RequestUri : uri.User;
        return $"{request.From.Tag.AsLatin()} {request.CallId.AsLatin()} {request.CSeq.Number} {method.AsLatin()} {called.AsLatin()}";
    }
}
