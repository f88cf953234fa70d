using System.Collections.Frozen;
using Ringwright.Calls;
using Ringwright.Programs.Agents;

namespace Ringwright.Programs;

/// <summary>The programs that every node has.</summary>
public static class BuiltInPrograms
{
    private static readonly FrozenDictionary<string, Func<Application, IMailboxes, ICallProgram>> ByKind =
        new Dictionary<string, Func<Application, IMailboxes, ICallProgram>>
        {
            [ApplicationKind.Echo] = static (_, _) => new EchoLine(),
            [ApplicationKind.Voicemail] = static (application, mailboxes) => new VoicemailLine(application.Target, mailboxes),
            [ApplicationKind.Mailbox] = static (application, mailboxes) => new MailboxMenu(application.Target, mailboxes),
        }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>A new one; null when there is none of that kind.</summary>
    /// <param name="agents">What agents work with; null where the node has none.</param>
    public static ICallProgram? Create(Application application, IMailboxes mailboxes, AgentParts? agents = null) =>
        application.Kind is ApplicationKind.Agent ? agents?.CreateProgram(application.Target)
        : ByKind.TryGetValue(application.Kind, out var create) ? create(application, mailboxes) : null;
}
