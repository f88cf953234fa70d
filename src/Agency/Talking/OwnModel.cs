namespace Ringwright.Agency.Talking;

/// <summary>A language model of an agency's own.</summary>
/// <param name="BaseUrl">Up to and without <c>/chat/completions</c>; the agency has chosen it, and the target policy holds.</param>
/// <param name="Key">Goes along, and is in no answer and in no log.</param>
/// <param name="Name">The model, as its server calls it.</param>
public sealed record OwnModel(string BaseUrl, string Key, string Name);
