using Ringwright.Calls;
using Ringwright.Store.Tables;

namespace Ringwright.Voipbin.Activeflows;

/// <summary>Why a call ended, in this API's words.</summary>
internal static class HangupReasons
{
    public const string Normal = "normal", Failed = "failed", Busy = "busy", Cancel = "cancel", TimedOut = "timeout", NoAnswer = "noanswer",
        DialOut = "dialout", Machine = MachineReasons.Detected;

    public static readonly IReadOnlyList<string> All = [Normal, Failed, Busy, Cancel, TimedOut, NoAnswer, DialOut, Machine];

    /// <summary>A label of the leg: what the flow that has hung it up gave as the reason.</summary>
    public const string Label = "voipbin.reason";

    private static readonly FaceWords Words = FaceTable.Of("voipbin");

    /// <param name="asked">What the flow said; null for nothing.</param>
    public static string Of(CallEnd end, string? asked) =>
        end is { Cause: HangupCause.ApiHangup, IsAnswered: true } && asked is { Length: > 0 } ? asked : Words[end];
}
