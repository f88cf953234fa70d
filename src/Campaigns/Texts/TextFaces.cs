using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Tables;
using Ringwright.Store.Work;

namespace Ringwright.Campaigns.Texts;

/// <summary>
/// The faces of a node together: a profile is the first one's that knows it, and a text is told by the one that is named in its facts, else
/// by the first.
/// </summary>
public sealed class TextFaces : ITextFace
{
    /// <summary>Of a text's facts: the name of the face that tells of it.</summary>
    public const string Fact = "face";

    private readonly ITextFace _usual;
    private readonly IReadOnlyDictionary<string, ITextFace> _named;

    public TextFaces(ITextFace usual, IReadOnlyDictionary<string, ITextFace> named) => (_usual, _named) = (usual, named);

    public async ValueTask<TextRules?> FindAsync(TenantId tenant, Guid profile, string number, CancellationToken stop)
    {
        if (await _usual.FindAsync(tenant, profile, number, stop).ConfigureAwait(false) is { } usual) return usual;
        foreach (var face in _named.Values)
            if (await face.FindAsync(tenant, profile, number, stop).ConfigureAwait(false) is { } rules) return rules;
        return null;
    }

    public IReadOnlyList<OutboxMessage> Tell(TextMessage text, TextNews news) => FaceOf(text).Tell(text, news);

    public IReadOnlyList<NewJob> Take(TextMessage come) => FaceOf(come).Take(come);

    private ITextFace FaceOf(TextMessage text) =>
        text.Facts[Fact]?.GetValue<string>() is { } name && _named.TryGetValue(name, out var face) ? face : _usual;
}
