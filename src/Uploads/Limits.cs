namespace Ringwright.Uploads;

/// <summary>What bringing recordings away may cost.</summary>
internal static class Limits
{
    /// <summary>What is sent at once, and is in memory meanwhile. S3 takes ten thousand, far beyond the longest recording.</summary>
    public const int PartBytes = 8 * 1024 * 1024;
    /// <summary>Of the answer to a request.</summary>
    public const int AnswerBytes = 1024 * 1024;
    /// <summary>For one request, with its part: 140 kB a second are enough.</summary>
    public static readonly TimeSpan Request = TimeSpan.FromSeconds(60);
    /// <summary>Uploads at the same time.</summary>
    public const int Parallel = 8;
    /// <summary>Of one account: a server that hangs takes no more from the others.</summary>
    public const int PerAccount = 2;
    /// <summary>Of an account and all below it: whoever may make accounts leaves some to others.</summary>
    public const int PerFamily = Parallel * 3 / 4;
    /// <summary>Before the second attempt; doubled for each further one.</summary>
    public static readonly TimeSpan FirstRest = TimeSpan.FromSeconds(5);
    public static readonly TimeSpan LongestRest = TimeSpan.FromHours(1);
    /// <summary>When the bucket refuses: two and a half minutes.</summary>
    public const int AttemptsRefused = 6;
    /// <summary>When its server is away: some fourteen hours.</summary>
    public const int AttemptsAway = 24;
    /// <summary>The account's other recordings wait so long for a server that was away just now.</summary>
    public static readonly TimeSpan AccountRest = TimeSpan.FromSeconds(30);
    /// <summary>Before a place is asked for again.</summary>
    public static readonly TimeSpan PlaceRest = TimeSpan.FromSeconds(1);
    /// <summary>Before it is looked again whether a recording is transcribed, and its file may go.</summary>
    public static readonly TimeSpan UnheardRest = TimeSpan.FromSeconds(10);
    /// <summary>Recordings that are transcribed at the same time, each of another account.</summary>
    public const int Transcriptions = 4;
    /// <summary>Of an account and all below it.</summary>
    public const int TranscriptionsPerFamily = Transcriptions * 3 / 4;
    /// <summary>With a recogniser that is away: two and a half minutes.</summary>
    public const int TranscriptionAttempts = 5;
    /// <summary>Before the second attempt; doubled for each further one.</summary>
    public static readonly TimeSpan TranscriptionRest = TimeSpan.FromSeconds(10);
    /// <summary>For the node that has the file, where each has its own.</summary>
    public static readonly TimeSpan TranscriptionPatience = TimeSpan.FromDays(1);
    /// <summary>Of a link into the bucket.</summary>
    public static readonly TimeSpan Link = TimeSpan.FromMinutes(10);
}
