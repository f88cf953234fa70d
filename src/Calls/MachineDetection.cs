namespace Ringwright.Calls;

/// <summary>
/// Asks whether a person or a machine has answered an outbound leg. Starts with the answer;
/// told by one <see cref="CallEvent.MachineDetected"/>, and behind it by at most one <see cref="CallEvent.MachineGreetingEnded"/>;
/// or, where the mode is <see cref="MachineMode.Classify"/> and the beep comes first, by the latter alone.
/// </summary>
public sealed record MachineDetection(MachineMode Mode)
{
    /// <summary>The verdict is given at the latest after this.</summary>
    public TimeSpan TotalAnalysis { get; init; } = TimeSpan.FromMilliseconds(3_500);

    /// <summary>A person is who says a few words and is then silent for so long.</summary>
    public TimeSpan AfterGreetingSilence { get; init; } = TimeSpan.FromMilliseconds(800);

    /// <summary>A pause of this length divides two words.</summary>
    public TimeSpan BetweenWordsSilence { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>A greeting as long as this is a machine's.</summary>
    public TimeSpan GreetingDuration { get; init; } = TimeSpan.FromMilliseconds(3_500);

    /// <summary>Nothing said for longer than this is a machine.</summary>
    public TimeSpan InitialSilence { get; init; } = TimeSpan.FromMilliseconds(3_500);

    /// <summary>More words than these are a machine's.</summary>
    public int MaximumWords { get; init; } = 5;

    /// <summary>A word that is longer is a machine's.</summary>
    public TimeSpan MaximumWordLength { get; init; } = TimeSpan.FromMilliseconds(3_500);

    /// <summary>Mean amplitude (of 32767) below which nothing counts as sound.</summary>
    public int SilenceThreshold { get; init; } = 256;

    /// <summary>
    /// How long the end of a machine's greeting is waited for, from the verdict on. Silence that
    /// has begun by then may still become complete. Greetings last for 10 to 20 s, so that it is 30 s, as long as a beep is waited for;
    /// the 5 s of the API's contract would end most of them unheard.
    /// </summary>
    public TimeSpan GreetingTotalAnalysis { get; init; } = TimeSpan.FromMilliseconds(30_000);

    /// <summary>Silence of this length ends a machine's greeting.</summary>
    public TimeSpan GreetingSilence { get; init; } = TimeSpan.FromMilliseconds(1_500);

    /// <summary>
    /// Of <see cref="MachineMode.Classify"/>: what a machine says first may be the question of a phone who calls. Its end is told by
    /// <see cref="GreetingSilence"/>, and waited for so long, from the verdict on. Null: a beep alone is of interest.
    /// </summary>
    public TimeSpan? PromptEnd { get; init; }
}

/// <summary>
/// What is wanted beyond the verdict once a machine has answered. All but the first also tell of a beep behind
/// another verdict, which it proves wrong.
/// </summary>
public enum MachineMode
{
    /// <summary>Nothing.</summary>
    Detect,
    /// <summary>The beep, if one comes within 30 s; or a silence so long that it must have been missed.</summary>
    DetectBeep,
    /// <summary>The same, or word that none came within 30 s.</summary>
    DetectWords,
    /// <summary>The end of its greeting: silence or a beep.</summary>
    GreetingEnd,
    /// <summary>
    /// What has answered: a home, a business, a machine, a fax or nobody; and of a machine its beep, or word that none came. A beep that
    /// comes before the verdict is told in its place. Of the terms only <see cref="MachineDetection.TotalAnalysis"/>,
    /// <see cref="MachineDetection.GreetingDuration"/> and <see cref="MachineDetection.PromptEnd"/> count.
    /// </summary>
    Classify,
}

/// <summary>
/// Who has answered. <see cref="MachineMode.Classify"/> says neither <see cref="Human"/>, but of which kind, nor do the others say a kind.
/// </summary>
public enum MachineVerdict { NotSure, Human, Machine, Residence, Business, Fax, Silence }

/// <summary>
/// How a machine's greeting ended, as far as was heard. <see cref="NoBeep"/> is told where kinds were asked for, and
/// <see cref="PromptEnded"/> where <see cref="MachineDetection.PromptEnd"/> was.
/// </summary>
public enum GreetingEnd { NotSure, Ended, BeepDetected, NoBeep, PromptEnded }
