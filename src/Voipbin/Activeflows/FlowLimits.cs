namespace Ringwright.Voipbin.Activeflows;

/// <summary>What one run of a flow may cost.</summary>
internal static class FlowLimits
{
    /// <summary>Actions that are carried out; those that need a call and have none are not.</summary>
    public const int Executed = 100;
    /// <summary>From one action that is carried out to the next.</summary>
    public const int SilentHops = 1_000;
    /// <summary>Lists of actions within each other.</summary>
    public const int Depth = 100;
    /// <summary>Runs that begin because another one has ended, one behind the other; and calls that calls place.</summary>
    public const int Chain = 5;
    /// <summary>Of customers' own; characters of one value, and of all with their names.</summary>
    public const int Variables = 100, VariableCharacters = 32 * 1024, AllVariableCharacters = 64 * 1024, NameCharacters = 128;
    /// <summary>Of an action's option when its variables are filled in.</summary>
    public const int OptionCharacters = 128 * 1024;
    /// <summary>Of one list.</summary>
    public const int Actions = 1_000;
    /// <summary>Of what a server sends as actions, and of what a request to one has.</summary>
    public const int AnswerBytes = 256 * 1024;
    public const int Redirects = 5;
    /// <summary>For an answer, redirects included.</summary>
    public static readonly TimeSpan Answer = TimeSpan.FromSeconds(15);
    /// <summary>Requests of one run that nobody waits for.</summary>
    public const int RequestsAtOnce = 10;
    /// <summary>Of a text that is spoken.</summary>
    public const int SpokenCharacters = 3_000;
    /// <summary>Mails of one account from one process, and of all accounts below one.</summary>
    public const int MailsAnHour = 100, MailsBelowAnHour = 10 * MailsAnHour;
    public const int MailSubjectCharacters = 200, MailCharacters = 32 * 1024;
    /// <summary>Of one mail, which is in memory as a whole; the bytes are those of all its recordings.</summary>
    public const int MailRecordings = 10, MailRecordingBytes = 5 * 1024 * 1024;
    /// <summary>Rung or called at once.</summary>
    public const int Destinations = 10;
    public const int Sounds = 100;
    /// <summary>Steps and warnings of one call that its trace has.</summary>
    public const int Notes = 400;
    public const int NoteCharacters = 500;
    /// <summary>What is shown of the actions that were carried out; of further ones the options are left out.</summary>
    public const int ShownCharacters = 64 * 1024;
    /// <summary>Runs without a call of one account at the same time.</summary>
    public const int RunsAtOnce = 100;
    /// <summary>For a call to be over once it was hung up.</summary>
    public static readonly TimeSpan Ending = TimeSpan.FromSeconds(10);
    /// <summary>For a verdict on who has answered: longer than the engine takes.</summary>
    public static readonly TimeSpan Detection = TimeSpan.FromSeconds(30);
    /// <summary>For what comes of somebody's referral who has left: longer than whom a phone refers somebody to may ring.</summary>
    public static readonly TimeSpan Referral = TimeSpan.FromMinutes(2);
    /// <summary>For a recording to be kept, once it has ended.</summary>
    public static readonly TimeSpan Keeping = TimeSpan.FromMinutes(2);
    /// <summary>For a recording that is to go with a mail to be kept: the flow waits for it, and so does who is on the line.</summary>
    public static readonly TimeSpan Attaching = TimeSpan.FromSeconds(10);
}
