using Ringwright.Calls;
using Ringwright.Campaigns.Texts;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Tables;
using Ringwright.Telefonie.Messaging;
using Ringwright.Telnyx.Messaging;

namespace Ringwright.Server.Modules;

/// <summary>The APIs by which a node texts. One courier sends for all of them.</summary>
internal static class NodeTextFaces
{
    public static ITextFace Of(Database database) => new TextFaces(new MessageFace(database),
        new Dictionary<string, ITextFace>(StringComparer.Ordinal) { [TelefonieTexts.FaceName] = new TelefonieFace(database) });

    /// <summary>Numbers that text by Telefonie follow no rules but the node's.</summary>
    private sealed class TelefonieFace(Database database) : ITextFace
    {
        public async ValueTask<TextRules?> FindAsync(TenantId tenant, Guid profile, string number, CancellationToken stop) =>
            await TelefonieTexts.FactsAsync(database, tenant, profile, number, stop) is { } facts
                ? new() { IsEnabled = true, Facts = facts, Words = [] } : null;

        public IReadOnlyList<OutboxMessage> Tell(TextMessage text, TextNews news) => TelefonieTexts.Tell(text);
    }
}
