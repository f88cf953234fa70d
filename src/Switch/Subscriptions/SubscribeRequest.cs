using System.Globalization;
using Ringwright.Sip.Dialogs;
using Ringwright.Sip.Messages;
using SipHeader = Ringwright.Sip.Messages.SipHeader;

namespace Ringwright.Switch.Subscriptions;

/// <summary>What a SUBSCRIBE asks for.</summary>
/// <param name="Event">The Event header of the NOTIFYs.</param>
/// <param name="Expiry">Zero wants to be told once.</param>
internal readonly record struct SubscribeRequest(EventPackage Package, string Event, TimeSpan Expiry)
{
    /// <summary>Null when we understand it; else the response that says why not.</summary>
    public static SipResponseBuilder? Read(SipRequest request, UserAgentPolicy policy, out SubscribeRequest read)
    {
        read = default;
        // What it says of itself is kept as long as it lasts.
        if (request.Bytes.Length > Limits.SubscribeBytes) return new(request, 513);
        if (policy.CheckRequire(request) is { } unknown) return unknown;
        string[] parts = request.First(SipHeader.Event).AsText().Split(';', StringSplitOptions.TrimEntries);
        EventPackage? package = parts[0].ToLowerInvariant() switch
        {
            "dialog" => EventPackage.Dialog,
            "message-summary" => EventPackage.MessageSummary,
            _ => null,
        };
        if (package is not { } known) return BadEvent(request);
        if (!Accepts(request, known)) return new SipResponseBuilder(request, 406).Add(SipHeader.Accept, TypeOf(known));
        string expires = request.First(SipHeader.Expires).AsText().Trim();
        var expiry = uint.TryParse(expires, NumberStyles.None, CultureInfo.InvariantCulture, out uint seconds)
            && TimeSpan.FromSeconds(seconds) is var wish && wish < Limits.LongestSubscription ? wish : Limits.LongestSubscription;
        if (expiry > TimeSpan.Zero && expiry < Limits.ShortestSubscription)
            return new SipResponseBuilder(request, 423).Add(SipHeader.MinExpires, Seconds(Limits.ShortestSubscription));
        // Of the parameters only the id tells subscriptions apart (RFC 6665 section 8.2.1); filters are not obeyed.
        string? id = parts.Skip(1).FirstOrDefault(part => part.StartsWith("id=", StringComparison.OrdinalIgnoreCase));
        // Each NOTIFY says it again.
        if (id?.Length > Sip.Limits.TokenBytes) return new(request, 400, "Event Id Is Too Long");
        read = new(known, id is null ? parts[0] : $"{parts[0]};{id}", expiry);
        return null;
    }

    public static SipResponseBuilder BadEvent(SipRequest request) =>
        new SipResponseBuilder(request, 489).Add(SipHeader.AllowEvents, UserAgentPolicy.EventPackages);

    public static string TypeOf(EventPackage package) => package is EventPackage.Dialog ? DialogInfo.Type : MessageSummary.Type;

    /// <summary>As headers write them: none is cut off.</summary>
    public static string Seconds(TimeSpan time) =>
        ((int)Math.Max(0, Math.Ceiling(time.TotalSeconds))).ToString(CultureInfo.InvariantCulture);

    private static bool Accepts(SipRequest request, EventPackage package)
    {
        if (!request.Has(SipHeader.Accept)) return true;
        foreach (var value in request.Values(SipHeader.Accept))
        {
            string range = value.AsText().Split(';')[0].Trim();
            if (range is "*/*" or "application/*" || range.Equals(TypeOf(package), StringComparison.OrdinalIgnoreCase)) return true;
        }
        return false;
    }
}
