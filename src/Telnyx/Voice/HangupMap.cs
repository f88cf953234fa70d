using System.Collections.Frozen;
using System.Globalization;
using Ringwright.Calls;

namespace Ringwright.Telnyx.Voice;

/// <summary>What call.hangup says: <c>hangup_cause</c>, <c>hangup_source</c>, <c>sip_hangup_cause</c>.</summary>
internal readonly record struct HangupWords(string Cause, string Source, string SipCause);

/// <summary>Our hang-up causes in the contract's words, by the table of faces.</summary>
internal static class HangupMap
{
    private const string FromWire = "wire or ";

    /// <param name="Sip">The SIP code as text; when <paramref name="IsFromWire"/>, only the stand-in for a code that nobody sent.</param>
    internal readonly record struct Row(string Cause, string Source, string Sip, bool IsFromWire = false);

    internal static readonly FrozenDictionary<CallEnd, Row> Rows = Read();

    public static HangupWords Of(CallEvent.LegEnded ended)
    {
        var row = Rows[new(ended)];
        string sip = row.IsFromWire && ended.SipStatus is { } status ? status.ToString(CultureInfo.InvariantCulture) : row.Sip;
        return new(row.Cause, row.Source, sip);
    }

    private static FrozenDictionary<CallEnd, Row> Read()
    {
        FaceWords sources = FaceTable.Of("telnyx_source"), codes = FaceTable.Of("telnyx_sip");
        return FaceTable.Of("telnyx_cause").All.ToFrozenDictionary(row => row.Key, row =>
        {
            string sip = codes[row.Key];
            return sip.StartsWith(FromWire, StringComparison.Ordinal)
                ? new Row(row.Value, sources[row.Key], sip[FromWire.Length..], IsFromWire: true)
                : new Row(row.Value, sources[row.Key], sip);
        });
    }
}
