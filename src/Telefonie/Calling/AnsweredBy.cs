using Ringwright.Calls;

namespace Ringwright.Telefonie.Calling;

/// <summary>Who has answered, where that was asked: the last word of machine detection.</summary>
internal static class AnsweredBy
{
    private const string Human = "human", Machine = "machine", Unknown = "unknown";

    /// <summary>What the ledger has of both; null where it has neither.</summary>
    public static string? Of(MachineVerdict? verdict, GreetingEnd? greeting) =>
        (greeting is { } end ? Of(end) : null) ?? (verdict is { } told ? Of(told) : null);

    /// <summary>A beep proves another verdict wrong, or comes in its place; nothing else of a greeting's end says who it was.</summary>
    public static string? Of(GreetingEnd end) => end is GreetingEnd.BeepDetected ? Machine : null;

    public static string Of(MachineVerdict verdict) => verdict switch
    {
        MachineVerdict.Human or MachineVerdict.Residence or MachineVerdict.Business => Human,
        MachineVerdict.Machine or MachineVerdict.Fax => Machine,
        _ => Unknown,
    };
}
