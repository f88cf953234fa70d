using Ringwright.Sip;
using Ringwright.Sip.Messages;

namespace Ringwright.Simulation;

/// <summary>
/// Counts what the weather takes out of each SIP exchange (one CSeq of one call).
/// SIP repeats a message some seven times and hangs up when that was for nothing, so where one exchange lost many, a scenario may end
/// otherwise than its title says. The invariants hold all the same.
/// </summary>
internal sealed class Luck
{
    private const int MostLost = 5;

    private readonly Dictionary<(string Call, uint Number), int> _lost = [];

    /// <summary>One exchange lost so many that nobody can expect the call to go well.</summary>
    public bool HasLeft { get; private set; }

    public void OnLost(Parcel parcel)
    {
        if (parcel.IsMedia) return;
        SipParser.TryParse(parcel.Bytes.Span, out var message);
        if (message is null) return;
        var exchange = (message.CallId.AsText(), message.CSeq.Number);
        _lost[exchange] = _lost.GetValueOrDefault(exchange) + 1;
        HasLeft |= _lost[exchange] >= MostLost;
    }
}
