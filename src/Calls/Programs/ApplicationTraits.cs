namespace Ringwright.Calls;

/// <summary>
/// What holds for every call that an application commands. The node's own kinds are known here; a module says it of its programs, and a
/// leg's facts keep what it said: who reads the ledger later need not have the module.
/// </summary>
public sealed record ApplicationTraits
{
    /// <summary>Of a program of which nothing else is said.</summary>
    public static readonly ApplicationTraits Usual = new() { FirstCommandTimeout = TimeSpan.FromSeconds(10) };

    private static readonly ApplicationTraits Patient = new();
    private static readonly ApplicationTraits Echo = Usual with { AnswersAtOnce = true };
    private static readonly ApplicationTraits Voicemail = Usual with { IsConfidential = true };
    private static readonly ApplicationTraits Mailbox = Voicemail with { AnswersAtOnce = true };

    /// <summary>What is said and pressed there is between the node and who calls: a PIN among it.</summary>
    public bool IsConfidential { get; init; }

    /// <summary>It never lets anybody wait: a caller is not told that it rings.</summary>
    public bool AnswersAtOnce { get; init; }

    /// <summary>
    /// How long a caller waits for the first command; null for as long as one may ring. A program that has not begun by then never will,
    /// but one whose document is still being asked for.
    /// </summary>
    public TimeSpan? FirstCommandTimeout { get; init; }

    /// <summary>Null where the kind is for modules: they tell their programs apart by the target.</summary>
    internal static ApplicationTraits? OwnOf(string kind) => kind switch
    {
        ApplicationKind.Webhook or ApplicationKind.Document => Patient,
        ApplicationKind.Echo => Echo,
        ApplicationKind.Voicemail => Voicemail,
        ApplicationKind.Mailbox => Mailbox,
        ApplicationKind.Campaign or ApplicationKind.Flow or ApplicationKind.Ring or ApplicationKind.Agent
            or ApplicationKind.Assistant => Usual,
        _ => null,
    };
}
