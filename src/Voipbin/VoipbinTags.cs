using Ringwright.Http;

namespace Ringwright.Voipbin;

/// <summary>By which queues find their agents.</summary>
internal static class VoipbinTags
{
    public static ResourceKind Kind(Contract contract, VoipbinEvents events) => VoipbinShape.Kind(contract, events, "Tag", "tag");
}
