using Ringwright.Core;
using Ringwright.Http;

namespace Ringwright.Telnyx.Numbers;

/// <summary>Tells a code by a text that the account pays for, and learns nothing of.</summary>
/// <param name="life">So long the text is worth sending.</param>
/// <returns>Null when it is on its way.</returns>
internal delegate ValueTask<Problem?> CodeTeller(OperationContext op, E164 to, string words, TimeSpan life);
