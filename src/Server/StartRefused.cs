namespace Ringwright.Server;

/// <summary>The environment does not let us start: one sentence for the person at the terminal, exit code 2.</summary>
internal sealed class StartRefused : Exception
{
    public const int ExitCode = 2;

    public StartRefused(string sentence) : base(sentence) { }
    public StartRefused(string sentence, Exception cause) : base(sentence, cause) { }

    /// <summary>What a node answered; null when none was asked.</summary>
    public int? Status { get; init; }
}
