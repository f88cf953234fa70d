namespace Ringwright.Conversations.Models;

/// <summary>
/// Follows an answer that begins as <see cref="BareCalls"/> do, bit by bit: it is held no longer than more calls may come, for somebody
/// waits to hear the words.
/// </summary>
internal sealed class BareWatch
{
    private int _at, _depth, _calls;
    private bool _isText, _isEscaped, _hasOpened, _isHalf;

    /// <summary>Nothing that comes can be a call, or part of one that has begun.</summary>
    /// <param name="text">All of the answer until now: what it was before, and more.</param>
    /// <param name="isTool">Of a name.</param>
    public bool IsOver(string text, Func<string, bool> isTool)
    {
        for (; _at < text.Length && !_isHalf; _at++)
        {
            char c = text[_at];
            if (_isText) Within(c);
            else if (_depth == 0)
            {
                if (c is '{' or '[') Open(c);
                else if (!IsBetween(c)) return true;
            }
            else if (!char.IsWhiteSpace(c))
            {
                // No JSON has anything else there, and braces of words mostly have. Of a call that is written wrong nobody hears the rest.
                if (_hasOpened && c is not ('"' or '}') && !(_isHalf = BareCalls.IsHalf(text))) return true;
                _hasOpened = false;
                if (c is '"') _isText = true;
                else if (c is '{' or '[') Open(c);
                else if (c is '}' or ']' && --_depth == 0 && !IsCall(text[..(_at + 1)], isTool)) return true;
            }
        }
        return false;
    }

    private void Open(char brace)
    {
        _depth++;
        _hasOpened = brace is '{';
    }

    private void Within(char c)
    {
        if (_isEscaped) _isEscaped = false;
        else if (c is '\\') _isEscaped = true;
        else if (c is '"') _isText = false;
    }

    /// <summary>A fence with the name of a language before the first one; what stands between two, or a fence behind the last.</summary>
    private bool IsBetween(char c) =>
        char.IsWhiteSpace(c) || c is '`' || (_calls == 0 ? char.IsLetterOrDigit(c) || c is '_' : c is ';' or ',');

    /// <summary>The value that is whole now is one as well.</summary>
    private bool IsCall(string text, Func<string, bool> isTool)
    {
        int before = _calls;
        _calls = BareCalls.Read(text, isTool).Calls.Count;
        return _calls > before;
    }
}
